"""The floor that runs and writes: papers for a meeting, the termly batch, its packs, and the dashboards."""
