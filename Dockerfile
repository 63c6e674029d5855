FROM maven:3-eclipse-temurin-25 AS build
WORKDIR /build
COPY pom.xml ./
# Error Prone needs its JVM options.
COPY .mvn/jvm.config .mvn/
COPY src/main src/main
# What Maven downloads stays in the builder's cache, whichever of the files above has changed.
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
# A user of the image's own: 1000 is taken in the base image. Numeric below, which Kubernetes' runAsNonRoot asks for.
RUN groupadd --gid 10001 distribute-image \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /app --shell /usr/sbin/nologin distribute-image
WORKDIR /app
# Nothing is written but to /tmp: the root file system may be read-only.
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

# The service: the last stage, which is built unless another is named.
FROM runtime
# What changes least comes first.
COPY --from=build /build/layers/dependencies/ ./
COPY --from=build /build/layers/spring-boot-loader/ ./
COPY --from=build /build/layers/snapshot-dependencies/ ./
COPY --from=build /build/layers/application/ ./
EXPOSE 8080

# The JVM is process 1 and gets the SIGTERM itself. The heap may take 60 % of the container's memory, since classes,
# threads and code want some 200 MB besides; an -Xmx in JAVA_TOOL_OPTIONS goes before that.
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", "-jar", "distribute-image.jar"]

# Readiness, not liveness: those who look at it (docker compose up --wait, depends_on) want to know whether the service
# can take a run, and Docker restarts nothing by it. What does restart by it (Kubernetes, ECS, Swarm) is better given
# /actuator/health/liveness, so that PostgreSQL's absence does not restart the service. The image has bash but no curl.
HEALTHCHECK --interval=10s --timeout=5s --retries=3 --start-period=60s --start-interval=1s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${SERVER_PORT:-8080} && printf 'GET /actuator/health/readiness HTTP/1.0\\r\\n\\r\\n' >&3 && read -r line <&3 && echo \"$line\" && [[ $line == *' 200 '* ]]"]

# Version and reference have a value always: Ubuntu's would show through.
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="distribute-image" \
      org.opencontainers.image.description="Carries out the distribute-image workflow against Amazon EC2 Image Builder, durably" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.ref.name="distribute-image" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
