"""Rows of an invented agency and its units."""

from datetime import datetime, timedelta

from louver.db.codes import SubscriptionStatus
from louver.db.demo.draw import Row
from louver.db.demo.names import draw_full_name
from louver.db.demo.plans import AgencyPlan

DAYS_TO_PURGE = 90


def build_agency(plan: AgencyPlan, now: datetime) -> Row:
    """Make the agency's own row."""
    draw = plan.draw("contact")
    ended_at = plan.ended_at(now)
    return {
        "id": plan.id,
        "name": plan.name,
        "ori": plan.ori,
        "state": plan.state,
        "timezone": plan.timezone,
        "contact_name": draw_full_name(draw),
        "contact_title": "Business Administrator",
        "contact_email": f"louver@{plan.domain}",
        "contact_phone": f"+1 {plan.area_code} 555 0100",
        "modules": list(plan.modules),
        "status": SubscriptionStatus.CANCELLED if ended_at else SubscriptionStatus.ACTIVE,
        "cancelled_at": ended_at,
        "purge_at": ended_at + timedelta(days=DAYS_TO_PURGE) if ended_at else None,
        "small_cell_minimum": 5,
        "retention_training_years": 7,
        "retention_uof_years": 10,
        "policy_overlay_version": 0,
    }


def build_units(plan: AgencyPlan) -> list[Row]:
    """Make the units, parents first. Their commanders are known once there are officers."""
    draw = plan.draw("units")
    ids = {unit.name: draw.uuid() for unit, _ in plan.units.walk()}
    return [
        {
            "agency_id": plan.id,
            "id": ids[unit.name],
            "name": unit.name,
            "parent_id": ids[parent] if parent else None,
            "commander_id": None,
        }
        for unit, parent in plan.units.walk()
    ]
