# Oqim's image, from the jar that ./mvnw package has built. Needs nothing but a builder of Dockerfiles.
#
#   ./mvnw package && docker build -t oqim:0.1.0 .
#
# The base images are arguments, so that they can be pinned by digest or come from a registry of one's own
# (docs/operating.md).
ARG JDK_IMAGE=eclipse-temurin:25-jdk
ARG BASE_IMAGE=debian:bookworm-slim

# A Java runtime with what Oqim uses, and a cache of its classes as they are after a start.
FROM ${JDK_IMAGE} AS runtime
COPY .ci/image/modules /build/modules
# Some JDKs link to certificates of their system, which may not be there: then only authorities of one's own are
# trusted (tls-ca, sslrootcert).
RUN [ -e "$JAVA_HOME/lib/security/cacerts" ] || { rm -f "$JAVA_HOME/lib/security/cacerts"; \
    keytool -genkeypair -alias none -dname CN=none -keyalg EC -keystore "$JAVA_HOME/lib/security/cacerts" \
        -storepass changeit && \
    keytool -delete -alias none -keystore "$JAVA_HOME/lib/security/cacerts" -storepass changeit; }
RUN jlink --add-modules "$(cat /build/modules)" --strip-java-debug-attributes --no-header-files --no-man-pages \
    --compress zip-6 --output /opt/jre
COPY target/oqim.jar /opt/oqim/
COPY target/lib /opt/oqim/lib
COPY target/bom.json /opt/oqim/sbom.json
COPY .ci/image/train /build/train
RUN sh /build/train

FROM ${BASE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Oqim" \
      org.opencontainers.image.description="A payment gateway on virtual threads" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=runtime /opt/jre /opt/jre
COPY --from=runtime /opt/oqim /opt/oqim
USER 10001:10001
WORKDIR /tmp
EXPOSE 8080 8081
# Everything that the process writes goes to standard output; its root may be read-only.
ENTRYPOINT ["/opt/jre/bin/java", "-XX:AOTCache=/opt/oqim/oqim.aot", "-XX:AOTMode=auto", "-Xlog:aot*=error", \
    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", \
    "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-jar", "/opt/oqim/oqim.jar"]
CMD ["all"]
