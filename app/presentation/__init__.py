"""What pages are made with: form fields, filters, paging, and the settings of the template engine."""

from app.presentation.setting_up import init_presentation

__all__ = ["init_presentation"]
