import { type Door, shortDescription } from './door.ts';

/** Its own names of systems and processors. */
const SYSTEMS = { darwin: 'macos', linux: 'linux' } as const;
const PROCESSORS = { arm64: 'arm', x64: 'intel' } as const;

/** A tap: `brew tap NAME ADDRESS`, then `brew install glaive`. */
export const homebrew: Door = {
  name: 'homebrew',
  files({ product, executables }) {
    const on = (os: keyof typeof SYSTEMS): string[] => {
      const blocks = executables
        .filter(({ platform }) => platform.os === os)
        .flatMap(({ platform, url, sha256 }) => [
          `    on_${PROCESSORS[platform.cpu]} do`,
          `      url "${url}"`,
          `      sha256 "${sha256}"`,
          '    end',
        ]);
      return blocks.length === 0 ? [] : [`  on_${SYSTEMS[os]} do`, ...blocks, '  end', ''];
    };
    if (!executables.some(({ platform }) => platform.os in SYSTEMS))
      throw new Error('it needs an executable for macOS or Linux');
    const name = product.command;
    const lines = [
      `class ${name.charAt(0).toUpperCase()}${name.slice(1)} < Formula`,
      `  desc "${shortDescription(product)}"`,
      `  homepage "${product.repository}"`,
      `  version "${product.version}"`,
      `  license "${product.licence}"`,
      '',
      ...on('darwin'),
      ...on('linux'),
      '  def install',
      `    bin.install Dir["${name}-*"].first => "${name}"`,
      `    generate_completions_from_executable(bin/"${name}", "completions")`,
      '  end',
      '',
      '  test do',
      `    assert_match version.to_s, shell_output("#{bin}/${name} --version")`,
      '  end',
      'end',
    ];
    return { [`Formula/${name}.rb`]: `${lines.join('\n')}\n` };
  },
};
