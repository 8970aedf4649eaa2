"""Agencies and their units."""

from louver.db.agencies import AgencyRow, UnitRow
from louver.resolvers.scopes import NONE_BUT_AGENCY
from louver.schema.declarations import column, entity, to_many, to_one


@entity(AgencyRow, plural="agencies", label="name", scopes=NONE_BUT_AGENCY)
class Agency:
    """A law-enforcement agency, the owner of its records."""

    name = column(AgencyRow.name, "Name of the agency.")
    ori = column(AgencyRow.ori, "Originating agency identifier (ORI) of nine characters.")
    state = column(AgencyRow.state, "Two-letter code of the state.", is_grouped=True)
    timezone = column(AgencyRow.timezone, "IANA name of the time zone that its dates are in.")
    modules = column(AgencyRow.modules, "Modules that it subscribes to.")
    status = column(AgencyRow.status, "State of the subscription.")
    cancelled_at = column(AgencyRow.cancelled_at, "When the subscription was cancelled.")
    purge_at = column(AgencyRow.purge_at, "When its data will be deleted for good.")
    contact_name = column(AgencyRow.contact_name, "Name of the contact.")
    contact_title = column(AgencyRow.contact_title, "Title of the contact.")
    contact_email = column(AgencyRow.contact_email, "E-mail address of the contact.")
    contact_phone = column(AgencyRow.contact_phone, "Telephone number of the contact.")
    small_cell_minimum = column(AgencyRow.small_cell_minimum, "Groups of fewer rows are left out of aggregates.")
    retention_training_years = column(AgencyRow.retention_training_years, "Years for which training records are kept.")
    retention_uof_years = column(AgencyRow.retention_uof_years, "Years for which use-of-force records are kept.")
    policy_overlay_version = column(AgencyRow.policy_overlay_version, "Version of the agency's own access policy.")
    units = to_many("Unit", "agency_id", "Units of the agency.")
    officers = to_many("Officer", "agency_id", "Officers and staff.")
    courses = to_many("Course", "agency_id", "Courses in its catalogue.")
    trainings = to_many("Training", "agency_id", "Training records.")
    uof_incidents = to_many("UofIncident", "agency_id", "Use-of-force incidents.")


@entity(UnitRow, plural="units", label="name", scopes=NONE_BUT_AGENCY)
class Unit:
    """A unit of an agency; units form a tree."""

    name = column(UnitRow.name, "Name of the unit.")
    parent = to_one("Unit", "parent_id", "The unit above, if any.", is_classified=True)
    commander = to_one("Officer", "commander_id", "Who commands the unit.", is_classified=True)
    agency = to_one("Agency", "agency_id", "The agency.")
    children = to_many("Unit", "parent_id", "Units directly below.", inputs=["Unit.parent"])
    officers = to_many("Officer", "unit_id", "Officers of this unit itself.", inputs=["Officer.unit"])
