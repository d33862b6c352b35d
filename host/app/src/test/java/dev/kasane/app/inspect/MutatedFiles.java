package dev.kasane.app.inspect;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/**
 * Inspects damaged copies of sound files, as many as asked for: {@code main} takes how many (a million when
 * nothing is said) and a seed. A shorter run of the same is a part of the tests.
 */
final class MutatedFiles {
  private static final byte[] TELLING = {0, 1, -1, 127, -128, '{', '}', '[', ']', '"', '0', '9', '-', '.', ','};
  private static final int MILLION = 1_000_000;
  private static final String K = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k";

  private final Path folder;
  private final byte[][] originals;

  MutatedFiles(Path folder) throws IOException {
    this.folder = folder;
    Path kohya = AdapterFiles.write(folder.resolve("kohya.safetensors"),
        Map.of("ss_tag_frequency", "{\"a\": {\"ink\": 3}}", "ss_network_dim", "2"),
        K + ".lora_down.weight 2,8", K + ".lora_up.weight 4,2", K + ".alpha");
    Path peft = AdapterFiles.write(folder.resolve("peft.safetensors"), Map.of("format", "pt"),
        "base_model.model.model.layers.0.mlp.up_proj.lora_A.weight 2,8",
        "base_model.model.model.layers.0.mlp.up_proj.lora_B.weight 4,2");
    byte[] pickle = ("\u0080\u0002}q\u0000X\u0001\u0000\u0000\u0000aK\u0001s.")
        .getBytes(StandardCharsets.ISO_8859_1);
    originals = new byte[][] {Files.readAllBytes(kohya), Files.readAllBytes(peft), pickle};
  }

  /** Damages a file and inspects it; a failure of any kind but the announced ones is thrown on. */
  FileInspection inspect(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] original = originals[random.nextInt(8) == 0 ? 2 : random.nextInt(2)];
    Path file = folder.resolve("mutated" + (random.nextBoolean() ? ".safetensors" : ".pt"));
    Files.write(file, mutate(original, random));
    return Inspector.inspect(file);
  }

  private static byte[] mutate(byte[] original, Random random) {
    byte[] bytes = original.clone();
    for (int fault = random.nextInt(4); fault >= 0 && bytes.length > 0; fault--) {
      // Most of what can go wrong stands at the front: the length, names, shapes and offsets.
      int at = random.nextInt(bytes.length);
      int length = 1 + random.nextInt(Math.min(16, bytes.length - at));
      bytes = switch (random.nextInt(6)) {
        case 0 -> set(bytes, at, (byte) (bytes[at] ^ 1 << random.nextInt(8)));
        case 1 -> set(bytes, at, TELLING[random.nextInt(TELLING.length)]);
        case 2 -> set(bytes, random.nextInt(Math.min(8, bytes.length)), (byte) random.nextInt());
        case 3 -> splice(bytes, at, at + length, new byte[0]);
        case 4 -> splice(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
        default -> Arrays.copyOf(bytes, at);
      };
    }
    return bytes;
  }

  private static byte[] set(byte[] bytes, int at, byte value) {
    bytes[at] = value;
    return bytes;
  }

  private static byte[] splice(byte[] bytes, int from, int to, byte[] inserted) {
    byte[] result = Arrays.copyOf(bytes, bytes.length - (to - from) + inserted.length);
    System.arraycopy(inserted, 0, result, from, inserted.length);
    System.arraycopy(bytes, to, result, from + inserted.length, bytes.length - to);
    return result;
  }

  /** Runs until a file makes the inspection fail, or to the end. */
  public static void main(String[] arguments) throws IOException {
    int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : MILLION;
    long first = arguments.length > 1 ? Long.parseLong(arguments[1]) : 0;
    MutatedFiles files = new MutatedFiles(Files.createTempDirectory("kasane-mutated"));
    int sound = 0;
    for (long seed = first; seed < first + count; seed++) {
      try {
        sound += files.inspect(seed).isSound() ? 1 : 0;
      } catch (UserException announced) {
        continue;
      } catch (RuntimeException | Error | IOException failure) {
        throw new IllegalStateException("Seed " + seed, failure);
      }
    }
    System.out.println(count + " files, " + sound + " of them still sound");
  }
}
