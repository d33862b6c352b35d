package dev.kasane.diffusion.checkpoint;

/** The generations of Stable Diffusion that differ in their parts' structure. */
public enum BaseKind {
  /** Stable Diffusion 1.x: OpenAI's CLIP, width 768. */
  SD1("sd1"),
  /** Stable Diffusion 2.x: OpenCLIP, width 1024; many of them predict v. */
  SD2("sd2");

  private final String id;

  BaseKind(String id) {
    this.id = id;
  }

  /** The name in files and messages. */
  public String id() {
    return id;
  }
}
