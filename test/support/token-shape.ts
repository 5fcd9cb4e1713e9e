/** What no output and no file of this repository may hold: text that scanners take for a GitLab token. */

export const TOKEN_SHAPE: RegExp =
  /gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct|wt|rct|sat)-[A-Za-z0-9_-]{20}/;
