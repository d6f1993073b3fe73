"""What customers say of our work, and what we say of it ourselves."""

from surveys.models.follow_up import FollowUp, Outcome
from surveys.models.policy import SCALES, Kind, SurveyPolicy, When
from surveys.models.quality import Category, Mark, Review, Sample, Scorecard, ScorecardVersion
from surveys.models.survey import UNASKED, Dissatisfaction, Source, State, Survey, SurveyAnswer

__all__ = [
    "SCALES",
    "UNASKED",
    "Category",
    "Dissatisfaction",
    "FollowUp",
    "Kind",
    "Mark",
    "Outcome",
    "Review",
    "Sample",
    "Scorecard",
    "ScorecardVersion",
    "Source",
    "State",
    "Survey",
    "SurveyAnswer",
    "SurveyPolicy",
    "When",
]
