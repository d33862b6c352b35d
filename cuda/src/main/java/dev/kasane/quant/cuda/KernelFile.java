package dev.kasane.quant.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The kernel files of this module; each is compiled by itself, after what they all share. */
public enum KernelFile {
  /** Values to codes and scales. */
  QUANTISE,
  /** Codes and scales to values. */
  DEQUANTISE,
  /** A few rows times 4-bit weights. */
  PRODUCT,
  /** Backward of the same. */
  TRANSPOSED,
  /** AdamW over many tensors. */
  OPTIMIZER;

  private static final String COMMON = "common.cuh";

  public String fileName() {
    return name().toLowerCase(Locale.ROOT) + ".cu";
  }

  /** The whole source: what all share, and the file. */
  public String source() {
    return read(COMMON) + "\n" + read(fileName());
  }

  private static String read(String name) {
    try (InputStream in = KernelFile.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("The kernel source " + name + " is not in this build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
