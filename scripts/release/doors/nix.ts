import { packageFile } from '../product.ts';
import { type Door, shortDescription } from './door.ts';

/**
 * A flake: `nix run ADDRESS`. It has the npm package and Node of nixpkgs, because an executable that was built elsewhere finds no loader on
 * NixOS.
 */
export const nix: Door = {
  name: 'nix',
  files({ product, asset }) {
    const { url, sha256 } = asset(packageFile(product));
    const { command } = product;
    return {
      'flake.nix': `{
  description = "${shortDescription(product)}";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixpkgs-unstable";

  outputs =
    { self, nixpkgs }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      forAllSystems = f: nixpkgs.lib.genAttrs systems (system: f nixpkgs.legacyPackages.\${system});
    in
    {
      packages = forAllSystems (pkgs: rec {
        default = ${command};
        ${command} = pkgs.callPackage ./package.nix { };
      });
    };
}
`,
      'package.nix': `{
  lib,
  stdenvNoCC,
  fetchurl,
  makeWrapper,
  installShellFiles,
  nodejs,
  git,
}:

stdenvNoCC.mkDerivation {
  pname = "${command}";
  version = "${product.version}";

  src = fetchurl {
    url = "${url}";
    sha256 = "${sha256}";
  };

  nativeBuildInputs = [
    makeWrapper
    installShellFiles
  ];

  dontConfigure = true;
  dontBuild = true;

  installPhase = ''
    runHook preInstall
    mkdir -p $out/lib/${command}
    cp -r dist package.json $out/lib/${command}
    makeWrapper \${nodejs}/bin/node $out/bin/${command} \\
      --add-flags $out/lib/${command}/dist/cli/main.cjs \\
      --suffix PATH : \${lib.makeBinPath [ git ]}
    installManPage dist/man/*.1
    runHook postInstall
  '';

  meta = {
    description = "${shortDescription(product)}";
    homepage = "${product.repository}";
    license = lib.licenses.${product.licence.toLowerCase()};
    mainProgram = "${command}";
  };
}
`,
    };
  },
};
