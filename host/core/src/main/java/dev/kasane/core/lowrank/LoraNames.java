package dev.kasane.core.lowrank;

/** What the parameters of a low-rank update are called in the neutral form: as in kohya's scripts, tables as in PEFT. */
public final class LoraNames {
  /** A: (rank, in), for a convolution (rank, in, k, k), in Tucker form (rank, in, 1, 1). */
  public static final String DOWN = "lora_down.weight";
  /** The Tucker core, (rank, rank, k, k). */
  public static final String MID = "lora_mid.weight";
  /** B: (out, rank), for a convolution (out, rank, 1, 1). */
  public static final String UP = "lora_up.weight";
  /** A bias of B's own, (out). */
  public static final String UP_BIAS = "lora_up.bias";
  /** DoRA's magnitudes, (out, 1, …) or (1, in, …). */
  public static final String MAGNITUDE = "dora_scale";
  /** A of an embedding: (rank, entries). */
  public static final String TABLE_A = "lora_embedding_A";
  /** B of an embedding: (width, rank). */
  public static final String TABLE_B = "lora_embedding_B";

  private LoraNames() {}
}
