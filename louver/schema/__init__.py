"""What a client may ask: types as declarations over columns and relations, inputs, roots. No SQL text, no HTTP."""
