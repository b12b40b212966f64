"""Changes an environment by transaction: plan, stage, commit; before or after, never between."""
