"""Accounts: an e-mail, a role, an agency. Staff only: no tenant ever has one (rule R1)."""

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower

from partners.models.agency import Agency
from partners.models.history import keep_history


class UserManager(BaseUserManager):
    """Creates accounts by e-mail, which is kept in lower case."""

    def create_user(self, email, password=None, **fields):
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        fields |= {"is_staff": True, "is_superuser": True, "role": User.Role.ADMINISTRATOR}
        return self.create_user(email, password, **fields)

    def get_by_natural_key(self, email):
        return self.get(email=email.strip().lower())


@keep_history(exclude=["password", "last_login", "has_favourites", "guide_step"])
class User(AbstractUser):
    class Role(models.TextChoices):
        ADVISER = "conseillere", "chargée de clientèle"
        MANAGER = "responsable", "responsable du lien social"
        AGENCY = "agence", "agence (Bureau Conseil Logement)"
        FIELD = "proximite", "proximité (gardiens)"
        ADMINISTRATOR = "administration", "administration"

    username = None
    email = models.EmailField("courriel", unique=True)
    role = models.CharField("rôle", max_length=16, choices=Role, default=Role.ADVISER)
    agency = models.ForeignKey(
        Agency, models.SET_NULL, null=True, blank=True, related_name="users", verbose_name="agence"
    )
    is_demo = models.BooleanField(
        "compte de démonstration",
        default=False,
        help_text="Refusé à la connexion hors de la démonstration.",
    )
    has_favourites = models.BooleanField(
        "a des favoris",
        default=False,
        editable=False,
        help_text="Faux\u00a0: aucun, sans les compter. Tenu par partners.favourites.",
    )
    guide_step = models.PositiveSmallIntegerField(
        "premiers pas",
        default=0,
        editable=False,
        help_text="0\u00a0: rien à montrer, sinon le numéro de l'appel inventé à essayer.",
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = UserManager()

    class Meta:
        verbose_name = "compte"
        ordering = ["email", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message="Un compte a déjà cette adresse.",
            )
        ]

    def __str__(self):
        return self.email
