import type { ReleaseStep } from '../step.ts';
import { checksumsStep } from './checksums.ts';
import { debianStep } from './debian.ts';
import { doorsStep } from './doors.ts';
import { executablesStep } from './executables.ts';
import { imageStep } from './image.ts';
import { licencesStep } from './licences.ts';
import { notesStep } from './notes.ts';
import { packageStep } from './package.ts';
import { pinStep } from './pin.ts';
import { provenanceStep } from './provenance.ts';
import { sbomStep } from './sbom.ts';
import { signStep } from './sign.ts';
import { singleFileStep } from './single-file.ts';

/** In this order: a later step may read what an earlier one has made. */
export const STEPS: readonly ReleaseStep[] = [
  packageStep,
  singleFileStep,
  executablesStep,
  pinStep,
  licencesStep,
  sbomStep,
  notesStep,
  doorsStep,
  // These two carry the executables.
  imageStep,
  debianStep,
  // Every other file is made before these.
  checksumsStep,
  provenanceStep,
  signStep,
];
