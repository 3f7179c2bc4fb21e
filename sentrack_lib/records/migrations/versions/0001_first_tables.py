"""The tables as they were when the store was made. Written out in full: a later change of the description must not change it."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_RECORDS = {
    "provisions": (
        "provision_id name area_of_need wave strategy intended_outcome subject staff group_size# sessions_planned# "
        "minutes# start end review_on funding hourly_cost# resources_cost# total_cost# chosen_by"
    ),
    "provision_pupils": "provision_id pupil_id start end sessions_planned# sessions_attended# baseline outcome rating",
    "provision_sessions": "provision_id pupil_id on attended minutes# note",
    "deployments": (
        "adult_id role pupil_id teaching_group subject day starts ends hours# place provision_id start end with_peers "
        "small_group discreet at_times independence planned_together knows_pupils trained ground_rules feeds_back"
    ),
    "entitlements": "entitlement_id pupil_id source what hours_week# role place outcome agency start end review_on",
    "pay_rates": "adult_id role start hourly_cost#",
    "targets": (
        "target_id kind pupil_id teaching_group year_group provision_id subject what measured_by scale baseline "
        "target strategy owner set_on by challenge reason"
    ),
    "target_reviews": "target_id on result outcome note reviewed_by",
    "evidence": "evidence_id pupil_id on kind subject provision_id statement source what",
    "meetings": "meeting_id kind on about pupil_id subject year_group present agencies outcome agreed next_on",
    "actions": "action_id meeting_id about pupil_id subject what owner agreed_on by done_on result",
    "self_evaluation": "statement# rated_by on rating evidence owner by",
    "school_areas": "area_id area prompt found action owner by monitored_how monitored_on",
    "flags": "pupil_id rule subject level evidence value# threshold# since_term",
    "runs": "run_id started_at ended_at status sentrack_version as_of",
}
"""Every record and its columns; those with # are numbers."""
_AMOUNT = sa.Float(53).with_variant(sa.REAL(), "sqlite")


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "saves",
        sa.Column("save_no", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("recorded_at", sa.Text, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("how", sa.Text, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.CheckConstraint("recorded_by <> ''", name="saves_have_an_author"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    for table, columns in _RECORDS.items():
        _make(table, columns.split())


def _make(table: str, columns: list[str]) -> None:
    op.create_table(
        table,
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("withdrawn", sa.Integer, nullable=False),
        sa.Column("save_no", sa.Integer, sa.ForeignKey("saves.save_no"), nullable=False),
        sa.Column("row_no", sa.Integer, nullable=False),
        sa.Column("recorded_at", sa.Text, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("term", sa.Text, nullable=False),
        sa.Column("seal", sa.Text, nullable=False),
        *(sa.Column(name.rstrip("#"), _AMOUNT if name.endswith("#") else sa.Text) for name in columns),
        sa.PrimaryKeyConstraint("entry", "version"),
        sa.CheckConstraint("version >= 1", name=f"{table}_version_counts"),
        sa.CheckConstraint("withdrawn IN (0, 1)", name=f"{table}_withdrawn_or_not"),
        sa.CheckConstraint("recorded_by <> ''", name=f"{table}_has_an_author"),
        sqlite_strict=True,
    )
