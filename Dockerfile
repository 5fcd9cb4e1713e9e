# An image for CI jobs: glaive, git and Node, without root. Build it: docker build --tag glaive .
FROM node:22-alpine AS build
WORKDIR /glaive
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM alpine:3.22
# Checkouts in CI belong to another user, and git refuses those; the job scans only its own checkout.
# hadolint ignore=DL3018
RUN apk add --no-cache git nodejs \
  && git config --system --add safe.directory '*' \
  && adduser -D -u 1000 glaive \
  && ln -s /usr/local/lib/glaive/cli/main.cjs /usr/local/bin/glaive
COPY --from=build /glaive/dist/cli /usr/local/lib/glaive/cli
COPY --from=build /glaive/dist/THIRD-PARTY-LICENSES.txt /glaive/LICENSE /usr/local/lib/glaive/
USER 1000
WORKDIR /work
# No entry point: GitLab's runner starts a shell of its own.
CMD ["glaive", "--help"]
