"""How routes reach the shared services: the composition root hangs them on the application."""

from typing import Annotated

from fastapi import Depends, Request

from wanpu.infra.services import Services


def services_of(request: Request) -> Services:
    """The services of the application that answers this request."""
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(services_of)]
