"""The jobs that a test has put in the queue, done at once in the test's own transaction."""

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob


def run_jobs():
    """Do the jobs that are due, those that they defer included; return how many (int) were done.

    A task's failure is the test's. The worker itself has its own tests (test_worker.py).
    """
    done = 0
    while job := _due().first():
        app.tasks[job.task_name].func(**job.args)
        _forget(job.pk)
        done += 1
    return done


def _due():
    is_due = Q(scheduled_at=None) | Q(scheduled_at__lte=timezone.now())
    return ProcrastinateJob.objects.filter(is_due, status="todo").order_by("id")


def _forget(pk):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [pk])
