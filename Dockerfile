FROM maven:3-eclipse-temurin-25 AS build
WORKDIR /build
COPY pom.xml ./
# Error Prone needs its JVM options.
COPY .mvn/jvm.config .mvn/
COPY src/main src/main
# Maven's downloads stay in the builder's cache, whichever file above has changed.
RUN --mount=type=cache,target=/root/.m2 mvn -B --no-transfer-progress -Dmaven.test.skip=true package
RUN java -Djarmode=tools -jar target/distribute-image.jar extract --layers --destination layers

# The simulator's class path: its own classes and Jackson, in the service's version.
FROM maven:3-eclipse-temurin-25 AS simulator-build
WORKDIR /build
COPY --from=build /build/layers/dependencies/lib/jackson-annotations-*.jar \
    /build/layers/dependencies/lib/jackson-core-*.jar \
    /build/layers/dependencies/lib/jackson-databind-*.jar \
    /build/layers/dependencies/lib/jspecify-*.jar lib/
COPY src/simulator src/simulator
RUN javac --release 17 -cp 'lib/*' -d classes $(find src/simulator/java -name '*.java') \
    && cp -R src/simulator/resources/. classes

FROM eclipse-temurin:25-jre AS runtime
# A user of the image's own, since 1000 is taken in the base image. USER is numeric: Kubernetes' runAsNonRoot requires it.
RUN groupadd --gid 10001 distribute-image \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /app --shell /usr/sbin/nologin distribute-image
WORKDIR /app
# Only /tmp is written to: the root file system may be read-only.
USER 10001:10001

FROM runtime AS simulator
COPY --from=simulator-build /build/lib lib
COPY --from=simulator-build /build/classes classes
EXPOSE 8099
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=50", "-XX:+ExitOnOutOfMemoryError", "-cp", "classes:lib/*", \
    "dev.distributeimage.simulator.SimulatorMain", "--host=0.0.0.0", "--port=8099"]
# The port opens when the simulator can answer.
HEALTHCHECK --interval=10s --timeout=5s --retries=3 --start-period=30s --start-interval=1s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8099"]
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="distribute-image-simulator" \
      org.opencontainers.image.description="Simulates Amazon EC2 Image Builder's HTTP API" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.ref.name="distribute-image-simulator" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"

FROM runtime AS service
# What the command line needs: docker exec CONTAINER distribute-image list
USER root
RUN apt-get update && apt-get install -y --no-install-recommends curl jq && rm -rf /var/lib/apt/lists/*
COPY bin/distribute-image /usr/local/bin/
USER 10001:10001
# Layers that change least come first.
COPY --from=build /build/layers/dependencies/ ./
COPY --from=build /build/layers/spring-boot-loader/ ./
COPY --from=build /build/layers/snapshot-dependencies/ ./
COPY --from=build /build/layers/application/ ./

# Records which classes a start loads, and how they are linked: a start with that cache takes half the processor time.
# Rehearsals record what runs call most, which takes a third off a burst of runs.
# The JVM ignores it if it is not of the same JVM, of the same jars at the same paths.
FROM service AS training
USER root
RUN java -Xlog:aot=error -XX:AOTCacheOutput=distribute-image.aot -Dspring.context.exit=onRefresh \
    -Dspring.profiles.active=training -jar distribute-image.jar

# The last stage is built unless another is named.
FROM service
COPY --from=training /app/distribute-image.aot ./
EXPOSE 8080 8081

# Listens on 127.0.0.1 inside the container. To publish a port of it, set SERVER_ADDRESS=0.0.0.0 (and
# MANAGEMENT_SERVER_ADDRESS), as docker-compose.yml does. Does not start without an issuer, unless
# DISTRIBUTEIMAGE_SECURITY_OPEN=true.

# The JVM is process 1 and receives SIGTERM itself. The heap may take 60 % of the container's memory: classes, threads
# and code need some 200 MB more. An -Xmx in JAVA_TOOL_OPTIONS overrides it.
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", "-XX:AOTCache=distribute-image.aot", \
    "-jar", "distribute-image.jar"]

# Readiness, not liveness: docker compose up --wait and depends_on ask whether the service can take a run, and Docker
# restarts nothing because of it. Kubernetes, ECS and Swarm do restart: give them /livez, so that a PostgreSQL outage
# does not restart the service.
HEALTHCHECK --interval=10s --timeout=5s --retries=3 --start-period=60s --start-interval=1s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${SERVER_PORT:-8080} && printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && read -r line <&3 && echo \"$line\" && [[ $line == *' 200 '* ]]"]

# version and ref.name always have a value: without one, the labels of the base image would show.
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="distribute-image" \
      org.opencontainers.image.description="Carries out the distribute-image workflow against Amazon EC2 Image Builder, durably" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.ref.name="distribute-image" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
