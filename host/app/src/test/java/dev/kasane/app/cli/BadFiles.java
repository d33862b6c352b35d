package dev.kasane.app.cli;

import dev.kasane.app.inspect.AdapterFiles;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Files as broken disks, broken tools and attackers leave them. */
final class BadFiles {
  static final String LAYER =
      "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k";
  static final String WORD = "bundle_emb.ink.string_to_param.*";
  private static final String ENTRY =
      "{\"dtype\":\"F32\",\"shape\":[1,768],\"data_offsets\":[%d,%d]}";

  private BadFiles() {}

  /** Writes the file of a kind into a folder. */
  static Path write(String kind, Path folder) throws IOException {
    Path file = folder.resolve(kind + (kind.startsWith("pickle") ? ".pt" : ".safetensors"));
    return switch (kind) {
      case "empty" -> Files.createFile(file);
      case "pickle-empty" -> Files.createFile(file);
      case "short" -> Files.write(file, new byte[] {1, 2, 3, 4, 5, 6});
      case "truncated" -> {
        byte[] whole = Files.readAllBytes(sound(folder.resolve("whole.safetensors")));
        yield Files.write(file, Arrays.copyOf(whole, whole.length - 1000));
      }
      case "header-beyond-file" -> raw(file, 4000, "{}", 0);
      case "header-of-exabytes" -> raw(file, Long.MAX_VALUE, "{}", 0);
      case "header-of-negative-length" -> raw(file, -1, "{}", 0);
      case "overlap" -> header(file, "{" + entry("a", 0, 3072) + "," + entry("b", 1024, 4096) + "}", 4096);
      case "out-of-bounds" -> header(file, "{" + entry("a", 0, 3072) + "}", 100);
      case "duplicate" -> header(file, "{" + entry("a", 0, 3072) + "," + entry("a", 3072, 6144) + "}", 6144);
      case "absurd-shape" -> header(file, "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,"
          + "9223372036854775807],\"data_offsets\":[0,4]}}", 4);
      case "negative-shape" -> header(file, "{\"a\":{\"dtype\":\"F32\",\"shape\":[-4],"
          + "\"data_offsets\":[0,4]}}", 4);
      case "not-utf8" -> latin(file);
      case "pickle-payload" -> Files.writeString(file,
          "\u0080\u0002cposix\nsystem\n(X\u0004\u0000\u0000\u0000truetR.", StandardCharsets.ISO_8859_1);
      case "nan" -> values(file, Float.NaN, Map.of());
      case "two-formats" -> AdapterFiles.write(file, Map.of(), LAYER + ".lora_down.weight 1,768",
          LAYER + ".lora_up.weight 320,1", "unet.mid_block.attentions.0.proj_in.lora_A.weight 1,1280",
          "unet.mid_block.attentions.0.proj_in.lora_B.weight 1280,1");
      case "unknown-keys" -> AdapterFiles.write(file, Map.of(), "some.thing 4,4", "other.thing 4");
      case "unknown-model" -> AdapterFiles.write(file, Map.of(), "lora_unet_double_blocks_0_qkv.lora_down.weight 1,64",
          "lora_unet_double_blocks_0_qkv.lora_up.weight 64,1");
      default -> throw new IllegalArgumentException(kind);
    };
  }

  /** A sound file of one layer, without alpha. */
  static Path sound(Path file) throws IOException {
    return values(file, 0.5f, Map.of());
  }

  /** A sound file of one layer and a learned word. */
  static Path worded(Path file) throws IOException {
    return AdapterFiles.writeRandom(file, LAYER + ".lora_down.weight 2,768", LAYER + ".lora_up.weight 320,2",
        LAYER + ".alpha", WORD + " 2,768");
  }

  /** A file of one layer whose factors are filled with a value. */
  static Path values(Path file, float value, Map<String, String> metadata) throws IOException {
    return values(file, value, DType.F32, metadata);
  }

  static Path values(Path file, float value, DType type, Map<String, String> metadata) throws IOException {
    float[] down = new float[768];
    float[] up = new float[320];
    Arrays.fill(down, value);
    Arrays.fill(up, value);
    SafetensorsWriter.write(file, List.of(
        TensorDeclaration.ofFloats(LAYER + ".lora_down.weight", type, new long[] {1, 768}, down),
        TensorDeclaration.ofFloats(LAYER + ".lora_up.weight", type, new long[] {320, 1}, up)), metadata);
    return file;
  }

  private static String entry(String name, int begin, int end) {
    return "\"" + name + "\":" + ENTRY.formatted(begin, end);
  }

  private static Path header(Path file, String json, int data) throws IOException {
    return raw(file, json.length(), json, data);
  }

  private static Path raw(Path file, long length, String json, int data) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + json.length() + data).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(length).put(json.getBytes(StandardCharsets.ISO_8859_1));
    return Files.write(file, bytes.array());
  }

  private static Path latin(Path file) throws IOException {
    return header(file, "{\"\u00e4\":" + ENTRY.formatted(0, 3072) + "}", 3072);
  }
}
