"""The pages of certifications."""
