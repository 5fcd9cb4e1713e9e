import { CHECKSUMS } from '../files.ts';
import type { Product } from '../product.ts';
import type { Door } from './door.ts';

/** A plugin for asdf, which mise takes as well: `asdf plugin add glaive ADDRESS`. It compares the download with the checksums of the release. */
export const asdf: Door = {
  name: 'asdf',
  files: ({ product }) => ({
    'bin/list-all': listAll(product),
    'bin/latest-stable': `#!/usr/bin/env bash
set -euo pipefail
"$(dirname "$0")/list-all" | tr ' ' '\\n' | grep -v -- - | grep "^\${1:-}" | tail -n 1
`,
    'bin/download': download(product),
    'bin/install': `#!/usr/bin/env bash
set -euo pipefail
mkdir -p "$ASDF_INSTALL_PATH/bin"
install -m 755 "$ASDF_DOWNLOAD_PATH/${product.command}" "$ASDF_INSTALL_PATH/bin/${product.command}"
`,
  }),
};

/** Versions are tags, in the order of their numbers; `sort -V` is not everywhere. */
function listAll({ repository }: Product): string {
  return `#!/usr/bin/env bash
set -euo pipefail
git ls-remote --tags --refs "\${GLAIVE_REPOSITORY:-${repository}.git}" |
  sed -n 's|.*refs/tags/v\\([0-9][^ ]*\\)$|\\1|p' |
  LC_ALL=C sort -t . -k 1,1n -k 2,2n -k 3,3n |
  tr '\\n' ' '
`;
}

function download({ repository, command }: Product): string {
  return `#!/usr/bin/env bash
set -euo pipefail

# A mirror of the files of the releases has the same names.
downloads="\${GLAIVE_DOWNLOADS:-${repository}/-/releases}/v$ASDF_INSTALL_VERSION/downloads"

case "$(uname -s)" in
  Linux) system=linux ;;
  Darwin) system=macos ;;
  *) echo "there is no executable for $(uname -s)" >&2 && exit 1 ;;
esac
case "$(uname -m)" in
  x86_64 | amd64) processor=x64 ;;
  aarch64 | arm64) processor=arm64 ;;
  *) echo "there is no executable for $(uname -m)" >&2 && exit 1 ;;
esac
file="${command}-$system-$processor"

mkdir -p "$ASDF_DOWNLOAD_PATH"
cd "$ASDF_DOWNLOAD_PATH"
get() { curl --fail --silent --show-error --location --output "$1" "$downloads/$1"; }
get ${CHECKSUMS}
get "$file"
awk -v file="$file" '$2 == file' ${CHECKSUMS} >own
[ -s own ] || { echo "the checksums do not name $file" >&2 && exit 1; }
if command -v sha256sum >/dev/null; then sha256sum --check --status own; else shasum -a 256 --check --status own; fi ||
  { echo "$file is not the file of the release: its checksum differs" >&2 && exit 1; }
mv "$file" ${command}
`;
}
