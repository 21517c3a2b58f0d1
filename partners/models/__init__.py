"""The model in the field's words; each concept has its own module."""

from partners.models.agency import Agency, InternalReferent, Subject
from partners.models.calendar_key import CalendarKey
from partners.models.call_guide import AgencyCallGuide, CallGuide
from partners.models.campaign import Campaign, Letter, OptOut, Reply
from partners.models.ceiling import Ceiling
from partners.models.change import ListingChange
from partners.models.contact import Contact
from partners.models.criterion import Criterion, CriterionGroup
from partners.models.document import Document, DocumentFile, Paper
from partners.models.draft import FormDraft
from partners.models.entry import GENERALIST, SearchEntry, among, meets, pairs
from partners.models.entry_point import EntryPoint
from partners.models.favourite import Favourite, Folder
from partners.models.gap import Gap
from partners.models.handout import HandOut
from partners.models.helpline import Helpline
from partners.models.instance import Instance, InstanceScheme, Meeting
from partners.models.invitation import Invitation
from partners.models.listing import (
    UNSPECIFIED_ZONE,
    CoverageZone,
    Listing,
    ListingSituation,
    Scheme,
    Structure,
)
from partners.models.merge import Distinction, Merge
from partners.models.note import LocalNote
from partners.models.permanence import Permanence
from partners.models.privacy import ContactNotice, NoticeText, PurgeRun, Redaction
from partners.models.provenance import Proposal, SourceRecord
from partners.models.receipt import ReportReceipt
from partners.models.relation import Relation
from partners.models.scheme import Alternative, SchemeDetails, SchemeRole, Step
from partners.models.session import Session
from partners.models.situation import (
    DangerSign,
    DangerSignHelpline,
    GlossaryTerm,
    Situation,
    SituationHelpline,
)
from partners.models.territory import Neighbour, Outline, SectorCommune, Territory, TerritoryAlias
from partners.models.token import ApiToken
from partners.models.trust import Report, Verification
from partners.models.upload import SavedMapping, Upload, UploadRow, UploadSheet
from partners.models.use import AgencyUse, UseCount
from partners.models.user import User
from partners.models.vocabulary import (
    Audience,
    Fees,
    HelpKind,
    MobilisationMode,
    Mobiliser,
    ReceptionMode,
    StructureType,
)
from partners.models.way_there import WayThere

__all__ = [
    "GENERALIST",
    "UNSPECIFIED_ZONE",
    "Agency",
    "AgencyCallGuide",
    "AgencyUse",
    "Alternative",
    "ApiToken",
    "Audience",
    "CalendarKey",
    "CallGuide",
    "Campaign",
    "Ceiling",
    "Contact",
    "ContactNotice",
    "CoverageZone",
    "Criterion",
    "CriterionGroup",
    "DangerSign",
    "DangerSignHelpline",
    "Distinction",
    "Document",
    "DocumentFile",
    "EntryPoint",
    "Favourite",
    "Fees",
    "Folder",
    "FormDraft",
    "Gap",
    "GlossaryTerm",
    "HandOut",
    "HelpKind",
    "Helpline",
    "Instance",
    "InstanceScheme",
    "InternalReferent",
    "Invitation",
    "Letter",
    "Listing",
    "ListingChange",
    "ListingSituation",
    "LocalNote",
    "Meeting",
    "Merge",
    "MobilisationMode",
    "Mobiliser",
    "Neighbour",
    "NoticeText",
    "OptOut",
    "Outline",
    "Paper",
    "Permanence",
    "Proposal",
    "PurgeRun",
    "ReceptionMode",
    "Redaction",
    "Relation",
    "Reply",
    "Report",
    "ReportReceipt",
    "SavedMapping",
    "Scheme",
    "SchemeDetails",
    "SchemeRole",
    "SearchEntry",
    "SectorCommune",
    "Session",
    "Situation",
    "SituationHelpline",
    "SourceRecord",
    "Step",
    "Structure",
    "StructureType",
    "Subject",
    "Territory",
    "TerritoryAlias",
    "Upload",
    "UploadRow",
    "UploadSheet",
    "UseCount",
    "User",
    "Verification",
    "WayThere",
    "among",
    "meets",
    "pairs",
]
