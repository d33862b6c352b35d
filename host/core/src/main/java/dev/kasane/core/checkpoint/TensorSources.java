package dev.kasane.core.checkpoint;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.InputFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Opens whatever file holds tensors. */
public final class TensorSources {
  /** With a variant as diffusers writes it: {@code ….safetensors.index.fp16.json}. */
  private static final Pattern INDEX = Pattern.compile(".*\\.index(\\.\\w+)?\\.json");
  private static final Pattern PART = Pattern.compile("(.+)-\\d{5}-of-(\\d{5})(\\.(?:safetensors|bin))");
  private static final Pattern PICKLE = Pattern.compile(".*\\.(ckpt|pt|pth|bin)");
  private static final int HEADER_LENGTH_BYTES = 8;

  private TensorSources() {}

  /**
   * Opens a safetensors file, a PyTorch checkpoint, or an index of a checkpoint in several files. Which of
   * them a file is, is told by its content; the name counts only where the content says nothing.
   *
   * @throws UserException when the file is missing, damaged or of no kind that is known
   */
  public static TensorSource open(Path path) {
    if (!Files.exists(path)) {
      throw new UserException("There is no file " + path + ".");
    }
    return isIndex(path) ? ShardedSource.open(path, TensorSources::openFile) : openFile(path);
  }

  /** Whether a file's name is that of the index of a checkpoint in several files. */
  public static boolean isIndex(Path path) {
    return INDEX.matcher(path.getFileName().toString()).matches();
  }

  /**
   * The files that an index names, each once.
   *
   * @throws UserException when it is no such index, or one of them is not beside it
   */
  public static List<Path> parts(Path index) {
    return ShardIndex.read(index).values().stream().distinct().map(each -> ShardedSource.shard(index, each)).toList();
  }

  /**
   * What to open for a file that was named: the index beside it for one part of several
   * ({@code …-00001-of-00002.safetensors}), else the file itself.
   *
   * @throws UserException when the index is missing
   */
  public static Path whole(Path named) {
    Matcher part = PART.matcher(named.getFileName().toString());
    if (!part.matches()) {
      return named;
    }
    Path index = named.resolveSibling(part.group(1) + part.group(3) + ".index.json");
    if (!Files.isRegularFile(index)) {
      throw new UserException(named + " is one of " + Integer.parseInt(part.group(2)) + " parts, and "
          + index.getFileName() + ", which says what is in which, is not beside it. Fetch the folder again, whole.");
    }
    return index;
  }

  /**
   * The same through a view, which closes the file with itself.
   *
   * @param view makes of the file's tensors those to read
   * @throws UserException as {@link #open(Path)}, and what the view throws
   */
  public static TensorSource open(Path path, UnaryOperator<TensorSource> view) {
    TensorSource source = open(path);
    try {
      return view.apply(source);
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  private static TensorSource openFile(Path path) {
    return isPickle(path) ? PickleSource.open(path) : SafetensorsSource.open(path);
  }

  static boolean isPickle(Path path) {
    if (!Files.isRegularFile(path)) {
      return false;
    }
    byte[] head = head(path);
    boolean zip = head.length > 1 && head[0] == 'P' && head[1] == 'K';
    boolean pickle = head.length > 1 && (head[0] & 0xff) == 0x80 && head[1] >= 2 && head[1] <= 5;
    boolean safetensors = head.length > HEADER_LENGTH_BYTES && head[HEADER_LENGTH_BYTES] == '{';
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    // A safetensors header of 640 bytes begins like a pickle: its brace decides.
    return !safetensors && (zip || pickle || PICKLE.matcher(name).matches());
  }

  private static byte[] head(Path path) {
    try (InputStream in = InputFile.stream(path)) {
      return in.readNBytes(HEADER_LENGTH_BYTES + 1);
    } catch (IOException e) {
      throw FileFault.of(path, "cannot be read", e);
    }
  }
}
