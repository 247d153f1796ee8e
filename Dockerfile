# One static binary and nothing else. Build it from the root of the repository:
#
#   docker build --build-arg VERSION=1.0.0 -t relaycheck .
#   docker run --rm --network host -v "$PWD:/work" relaycheck run -c relaycheck.yaml
FROM golang:1.26 AS build
ARG VERSION=dev
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X github.com/relaycheck/relaycheck/suite.version=${VERSION}" -o /relaycheck ./cmd/relaycheck

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /relaycheck /relaycheck
WORKDIR /work
USER 65532:65532
HEALTHCHECK --interval=30s --timeout=5s CMD ["/relaycheck", "version"]
ENTRYPOINT ["/relaycheck"]
CMD ["--help"]
