"""Operations of every kind, drawn choice by choice."""
