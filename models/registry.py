"""All tables in one place, for migrations and for whoever needs the whole picture."""

from __future__ import annotations

from models.absence import Absence
from models.action_entry import ActionEntry
from models.address_check import AddressCheck
from models.advice_message import AdviceMessage
from models.adviser_access import AdviserAccess
from models.approval import Approval
from models.attachment import Attachment
from models.audit_chain import AuditChain
from models.audit_head import AuditHead
from models.audit_record import AuditRecord
from models.base import Base
from models.board_item import BoardItem
from models.board_meeting import BoardMeeting
from models.case import Case
from models.case_facet import CaseFacet
from models.case_link import CaseLink
from models.certification import Certification
from models.certification_application import CertificationApplication
from models.certification_status import CertificationStatus
from models.check_in import CheckIn
from models.clock import Clock
from models.company import Company
from models.company_advice import CompanyAdvice
from models.company_closure import CompanyClosure
from models.company_file import CompanyFile
from models.company_name import CompanyName
from models.company_relation import CompanyRelation
from models.compartment import Compartment
from models.compartment_grant import CompartmentGrant
from models.complaint_count import ComplaintCount
from models.confirmed_pledge import ConfirmedPledge
from models.consent_entry import ConsentEntry
from models.crisis_alarm import CrisisAlarm
from models.desk_note import DeskNote
from models.draft import Draft
from models.duty_shift import DutyShift
from models.emergency_telling import EmergencyTelling
from models.erasure import Erasure
from models.exchange import Exchange
from models.exclusion import Exclusion
from models.explanation import Explanation
from models.extension import Extension
from models.file_to_remove import FileToRemove
from models.formal_request import FormalRequest
from models.forwarded_copy import ForwardedCopy
from models.head_export import HeadExport
from models.incident_group import IncidentGroup
from models.incident_member import IncidentMember
from models.issued_letter import IssuedLetter
from models.joint_act import JointAct
from models.key_term import KeyTerm
from models.keyed_intake import KeyedIntake
from models.leak import Leak
from models.leak_case import LeakCase
from models.leak_sheet import LeakSheet
from models.leak_telling import LeakTelling
from models.lease import Lease
from models.legal_hold import LegalHold
from models.letter_number import LetterNumber
from models.membership import Membership
from models.message import Message
from models.minutes_number import MinutesNumber
from models.outbox_message import OutboxMessage
from models.passkey import Passkey
from models.person import Person
from models.pledge_confirmation import PledgeConfirmation
from models.pledge_entry import PledgeEntry
from models.pledge_evidence import PledgeEvidence
from models.policy_check import PolicyCheck
from models.post_confirmation import PostConfirmation
from models.printed_copy import PrintedCopy
from models.provision import Provision
from models.proxy_entry import ProxyEntry
from models.publication import Publication
from models.recall import Recall
from models.recall_reading import RecallReading
from models.receipt import Receipt
from models.recovery_answers import RecoveryAnswers
from models.recovery_card import RecoveryCard
from models.recovery_code import RecoveryCode
from models.recovery_epoch import RecoveryEpoch
from models.recovery_kit import RecoveryKit
from models.recusal import Recusal
from models.referral_row import ReferralRow
from models.reminder import Reminder
from models.reply_task import ReplyTask
from models.report import Report
from models.request_addressee import RequestAddressee
from models.request_answer import RequestAnswer
from models.request_matter import RequestMatter
from models.resolution import Resolution
from models.retaliation_watch import RetaliationWatch
from models.rule_change import RuleChange
from models.seat import Seat
from models.seat_epoch import SeatEpoch
from models.seat_holding import SeatHolding
from models.second_factor import SecondFactor
from models.sign_up_link import SignUpLink
from models.site import Site
from models.statement import Statement
from models.stop_use_task import StopUseTask
from models.succession import Succession
from models.succession_site import SuccessionSite
from models.survey import SurveyRound
from models.survey_invitation import SurveyInvitation
from models.unusual_reading import UnusualReading
from models.used_challenge import UsedChallenge
from models.visit import Visit
from models.vote import Vote
from models.waiting_grant import WaitingGrant
from models.yearly_report import YearlyReport

metadata = Base.metadata

__all__ = [
    "Absence",
    "ActionEntry",
    "AddressCheck",
    "AdviceMessage",
    "AdviserAccess",
    "Approval",
    "Attachment",
    "AuditChain",
    "AuditHead",
    "AuditRecord",
    "BoardItem",
    "BoardMeeting",
    "Case",
    "CaseFacet",
    "CaseLink",
    "Certification",
    "CertificationApplication",
    "CertificationStatus",
    "CheckIn",
    "Clock",
    "Company",
    "CompanyAdvice",
    "CompanyClosure",
    "CompanyFile",
    "CompanyName",
    "CompanyRelation",
    "Compartment",
    "CompartmentGrant",
    "ComplaintCount",
    "ConfirmedPledge",
    "ConsentEntry",
    "CrisisAlarm",
    "DeskNote",
    "Draft",
    "DutyShift",
    "EmergencyTelling",
    "Erasure",
    "Exchange",
    "Exclusion",
    "Explanation",
    "Extension",
    "FileToRemove",
    "FormalRequest",
    "ForwardedCopy",
    "HeadExport",
    "IncidentGroup",
    "IncidentMember",
    "IssuedLetter",
    "JointAct",
    "KeyTerm",
    "KeyedIntake",
    "Leak",
    "LeakCase",
    "LeakSheet",
    "LeakTelling",
    "Lease",
    "LegalHold",
    "LetterNumber",
    "Membership",
    "Message",
    "MinutesNumber",
    "OutboxMessage",
    "Passkey",
    "Person",
    "PledgeConfirmation",
    "PledgeEntry",
    "PledgeEvidence",
    "PolicyCheck",
    "PostConfirmation",
    "PrintedCopy",
    "Provision",
    "ProxyEntry",
    "Publication",
    "Recall",
    "RecallReading",
    "Receipt",
    "RecoveryAnswers",
    "RecoveryCard",
    "RecoveryCode",
    "RecoveryEpoch",
    "RecoveryKit",
    "Recusal",
    "ReferralRow",
    "Reminder",
    "ReplyTask",
    "Report",
    "RequestAddressee",
    "RequestAnswer",
    "RequestMatter",
    "Resolution",
    "RetaliationWatch",
    "RuleChange",
    "Seat",
    "SeatEpoch",
    "SeatHolding",
    "SecondFactor",
    "SignUpLink",
    "Site",
    "Statement",
    "StopUseTask",
    "Succession",
    "SuccessionSite",
    "SurveyInvitation",
    "SurveyRound",
    "UnusualReading",
    "UsedChallenge",
    "Visit",
    "Vote",
    "WaitingGrant",
    "YearlyReport",
    "metadata",
]
