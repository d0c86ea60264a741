"""Association: which detections belong together, and to what event."""

from vigie.network.association.engine import AssociationResult, associate
from vigie.network.association.params import AssociateParams
from vigie.network.association.prepare import Skipped

__all__ = ["AssociateParams", "AssociationResult", "Skipped", "associate"]
