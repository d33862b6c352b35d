package dev.kasane.app.inspect;

import dev.kasane.core.UserException;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Inspects damaged copies of sound files, as many as asked for: {@code main} takes how many (a million when
 * nothing is said) and a seed. A shorter run of the same is a part of the tests.
 */
public final class MutatedFiles {
  private static final byte[] TELLING = {0, 1, -1, 127, -128, '{', '}', '[', ']', '"', '0', '9', '-', '.', ','};
  private static final int MILLION = 1_000_000;
  private static final String K = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k";

  private final Path folder;
  private final List<byte[]> originals = new ArrayList<>();

  MutatedFiles(Path folder) throws IOException {
    this.folder = folder;
    add(Map.of("ss_tag_frequency", "{\"a\": {\"ink\": 3}}", "ss_network_dim", "2"),
        K + ".lora_down.weight 2,8", K + ".lora_up.weight 4,2", K + ".alpha");
    add(Map.of("format", "pt"), "base_model.model.model.layers.0.mlp.up_proj.lora_A.weight 2,8",
        "base_model.model.model.layers.0.mlp.up_proj.lora_B.weight 4,2");
    add(Map.of(), "unet.mid_block.attentions.0.proj_in.lora.down.weight 2,8", K + ".lora_up.weight 4,2",
        "something.else 3", "text_model.encoder.layers.0.mlp.fc1.lora_A.weight 2,8");
    add(Map.of("unet:0:rank", "4", "<ink>", "<embed>"), "unet:0:up 4,4", "unet:0:down 4,4", "<ink> 768");
    add(Map.of(), "emb_params 2,768");
    add(Map.of(), K + ".hada_w1_a 4,2", K + ".hada_w1_b 2,8", K + ".hada_w2_a 4,2", K + ".hada_w2_b 2,8",
        K + ".dora_scale 4,1", K + ".lokr_w1 2,2", K + ".bundle_emb.a 3,3");
    addMixed();
    originals.add(("\u0080\u0002}q\u0000X\u0001\u0000\u0000\u0000aK\u0001s.")
        .getBytes(StandardCharsets.ISO_8859_1));
    originals.add(archive("\u0080\u0002cposix\nsystem\n(X\u0004\u0000\u0000\u0000truetR."));
  }

  private void add(Map<String, String> metadata, String... tensors) throws IOException {
    originals.add(Files.readAllBytes(AdapterFiles.write(folder.resolve("original.safetensors"), metadata, tensors)));
  }

  /** Values that are no numbers, an alpha of another type, and no alpha. */
  private void addMixed() throws IOException {
    Path file = folder.resolve("original.safetensors");
    SafetensorsWriter.write(file, List.of(
        TensorDeclaration.ofFloats(K + ".lora_down.weight", DType.F16, new long[] {1, 4},
            new float[] {1, Float.NaN, Float.POSITIVE_INFINITY, 0}),
        TensorDeclaration.ofFloats(K + ".lora_up.weight", DType.BF16, new long[] {2, 1}, new float[] {1, 2}),
        TensorDeclaration.ofFloats(K + ".alpha", DType.F64, new long[0], new float[] {Float.NaN}),
        TensorDeclaration.ofFloats(K.replace("to_k", "to_q") + ".lora_up.weight", DType.F32, new long[] {2, 1},
            new float[2])), Map.of());
    originals.add(Files.readAllBytes(file));
  }

  /** A PyTorch archive around a pickle that calls a function. */
  private static byte[] archive(String pickle) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("archive/data.pkl"));
      zip.write(pickle.getBytes(StandardCharsets.ISO_8859_1));
      zip.putNextEntry(new ZipEntry("archive/version"));
      zip.write('3');
    }
    return bytes.toByteArray();
  }

  /** Damages a file and inspects it; a failure of any kind but the announced ones is thrown on. */
  FileInspection inspect(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] original = originals.get(random.nextInt(originals.size()));
    Path file = folder.resolve("mutated" + (random.nextInt(3) > 0 ? ".safetensors" : ".pt"));
    Files.write(file, random.nextInt(4) > 0 ? mutate(original, random) : rewrite(original, random));
    return Installed.inspect(file);
  }

  /** A fault of meaning in the header, whose announced length is right again: what an attacker writes. */
  public static byte[] rewrite(byte[] original, Random random) {
    int length = original.length < 9 || original[8] != '{' ? -1
        : (int) ByteBuffer.wrap(original).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 0) {
      return mutate(original, random);
    }
    String header = new String(original, 8, length, StandardCharsets.ISO_8859_1);
    String[] numbers = {"-1", "0", "1", "7", "4294967296", "9223372036854775807", "99999999999999999999", "1e9",
        "null"};
    String number = numbers[random.nextInt(numbers.length)];
    String changed = switch (random.nextInt(6)) {
      // One number of a shape or an offset is another.
      case 0, 1 -> replaceOne(header, "(?<=[\\[,])[0-9]+(?=[\\],])", number, random);
      case 2 -> replaceOne(header, "\\[[0-9,]*\\]", "[" + (number + ",").repeat(random.nextInt(70)) + number + "]",
          random);
      case 3 -> replaceOne(header, "\"(F16|BF16|F32|F64)\"", "\"" + DType.values()[random.nextInt(15)] + "\"", random);
      // A key twice, or one that is no UTF-8.
      case 4 -> replaceOne(header, "\\{\"", header.substring(0, Math.max(2, header.lastIndexOf('}'))) + ",\"", random);
      default -> replaceOne(header, "\"[a-z_.0-9]+\"", "\"\u00ff\u00c0" + number + "\"", random);
    };
    byte[] bytes = changed.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer file = ByteBuffer.allocate(8 + bytes.length + original.length - 8 - length)
        .order(ByteOrder.LITTLE_ENDIAN);
    return file.putLong(bytes.length).put(bytes).put(original, 8 + length, original.length - 8 - length).array();
  }

  private static String replaceOne(String text, String what, String by, Random random) {
    List<MatchResult> found = Pattern.compile(what).matcher(text).results().toList();
    if (found.isEmpty()) {
      return text;
    }
    MatchResult one = found.get(random.nextInt(found.size()));
    return text.substring(0, one.start()) + by + text.substring(one.end());
  }

  /** Damages a few bytes. */
  public static byte[] mutate(byte[] original, Random random) {
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
