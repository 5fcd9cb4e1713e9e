# An image with glaive, git and Node, without root, for people who build their own: docker build --tag glaive .
# The image of a release has the same contents, but for Node, which is inside of its executable: npm run release -- image makes it without Docker,
# from packages of Debian that a lock names by their hashes, so that it is the same for everyone. This one takes what is newest.
FROM node:22-trixie-slim AS build
WORKDIR /glaive
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM node:22-trixie-slim
# Checkouts in CI belong to another user, and git refuses those; the job scans only its own checkout.
# The image of Node has a user 1000, which is called node.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates git \
  && rm -rf /var/lib/apt/lists/* \
  && git config --system --add safe.directory '*' \
  && ln -s /usr/local/lib/glaive/cli/main.cjs /usr/local/bin/glaive
COPY --from=build /glaive/dist/cli /usr/local/lib/glaive/cli
COPY --from=build /glaive/dist/glaive-fleet.cjs /usr/local/lib/glaive/
COPY --from=build /glaive/dist/THIRD-PARTY-LICENSES.txt /glaive/LICENSE /usr/local/lib/glaive/
USER 1000
WORKDIR /work
# No entry point: GitLab's runner starts a shell of its own.
CMD ["glaive", "--help"]
