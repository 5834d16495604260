"""Acts that take two persons: one asks with a reason, another approves, and what was approved is done once.

How another slice adds a kind of its own:

1. Add a member to ``JointKind`` and its terms to ``JOINT_POLICIES`` (models/rules/joint_acts.py; the migration that
   lists the kinds gets a follower that lists one more).
2. Say once, in the slice's own ``queries``, how such an act reads: ``@describes(JointKind.X)`` on a function that takes
   the ``JointAct`` and gives a ``Described``: its subject in words, where the one who asked goes on once it is
   approved, and who else is kept from deciding, such as whoever is excluded from a case.
3. Ask from the slice's own page: ``ask_for(JointKind.X, subject=of_case(case), reason=..., actor=actor)``. From here on
   the page of this slice shows it, tells those who may decide, and lets it lapse.
4. Do it: ``use_approval(JointKind.X, subject=of_case(case), actor=actor)`` in the transaction of the act itself. It
   raises JointRefused unless this was asked by this person, approved by another, in time, and not used before.

What is asked, decided, taken back, lapsed and used stands in the audit trail of the association (``joint.…``); the
slice records its own act beside it, on its own subject.
"""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("joint_acts", __name__, url_prefix="/joint")
