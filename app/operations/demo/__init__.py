"""The demonstration: a believable fictional association, replayed day by day through the ordinary actions."""
