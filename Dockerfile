# E2A in a container: the same three install steps as the Makefile, then a final stage without
# build tools that runs as a user without rights on a read-only root. Data lives in /data.

FROM python:3.11-slim AS build
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ARG TORCH=torch==2.13.0
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/e2a
RUN /opt/e2a/bin/python -m pip install --no-deps --extra-index-url "${TORCH_INDEX}" "${TORCH}"
COPY requirements.lock /src/
RUN /opt/e2a/bin/python -m pip install --no-deps --require-hashes -r /src/requirements.lock
COPY pyproject.toml README.md LICENSE /src/
COPY bot /src/bot
COPY demo /src/demo
COPY handlers /src/handlers
COPY jobs /src/jobs
COPY policies /src/policies
COPY prompts /src/prompts
COPY rag /src/rag
COPY storage /src/storage
RUN /opt/e2a/bin/python -m pip install --no-deps /src \
    && /opt/e2a/bin/python -m pip uninstall --yes pip

FROM python:3.11-slim
# pg_dump and pg_restore, for e2a backup and e2a restore on PostgreSQL
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 e2a \
    && useradd --uid 10001 --gid e2a --no-create-home --home-dir /data --shell /usr/sbin/nologin e2a \
    && install -d -o e2a -g e2a /data
COPY --from=build /opt/e2a /opt/e2a
# e2a doctor holds the token's scopes against it
COPY manifest.yml /opt/e2a/lib/python3.11/site-packages/manifest.yml
ENV PATH=/opt/e2a/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATABASE_URL=sqlite+aiosqlite:////data/e2a.db \
    QDRANT_PATH=/data/index
USER e2a
WORKDIR /data
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/livez', timeout=4)"]
ENTRYPOINT ["e2a"]
CMD ["serve"]
