# The pipeline as an image: docker build -t streaming .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
# gcc, node and the -dev packages serve native/, where the feed has no librdkafka.redist.
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev libssl-dev libzstd-dev make nodejs npm zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Directory.Build.props Directory.Build.targets Directory.Packages.props global.json .editorconfig ./
COPY native native
RUN make -C native
COPY schemas schemas
COPY libraries libraries
COPY embedded embedded
COPY producers producers
COPY processors processors
COPY topology topology
COPY host host
RUN dotnet publish host/Streaming.Host -c Release -o /app --nologo

# The same distribution as the build stage: librdkafka is linked against its libssl.
FROM mcr.microsoft.com/dotnet/aspnet:10.0
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl libzstd1 zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && mkdir /data && chown $APP_UID /data
COPY --from=build /app /app
# Streams are processed by a few busy threads: the workstation collector's short pauses suit them, whatever the cores.
ENV DOTNET_gcServer=0 ASPNETCORE_HTTP_PORTS=
USER $APP_UID
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 CMD curl -fsS http://127.0.0.1:8080/health/ready
ENTRYPOINT ["/app/streaming"]
CMD ["run", "--data", "/data", "--http-listen", "0.0.0.0"]
