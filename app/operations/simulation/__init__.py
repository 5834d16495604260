"""Simulated time: an association of many companies lives for years, day by day, and every day is looked over."""
