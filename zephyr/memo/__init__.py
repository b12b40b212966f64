"""A command that found nothing to do says so again at once, while nothing that it looked at has changed."""
