package dev.kasane.core.pickle.container;

import dev.kasane.core.VisibleText;
import dev.kasane.core.pickle.machine.PersistentLoader;
import dev.kasane.core.pickle.machine.PickleInput;
import dev.kasane.core.pickle.machine.PickleMachine;
import dev.kasane.core.pickle.machine.TypedStorage;
import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.PickleBudget;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the zip archives that {@code torch.save} has written since PyTorch 1.6. */
public final class ZipCheckpoint {
  private static final String PICKLE_SUFFIX = "/data.pkl";
  private static final int LONGEST_BYTE_ORDER = 16;

  private final FileChannel channel;
  private final PickleBudget budget = new PickleBudget();
  private Map<String, FileRegion> entries;
  private String folder;

  public ZipCheckpoint(FileChannel channel) {
    this.channel = channel;
  }

  public CheckpointContents read() throws IOException, MalformedPickle {
    entries = new ZipDirectory(channel).read();
    folder = folder();
    Map<String, FileRegion> storages = new HashMap<>();
    Object root = unpickle(entries.get(folder + PICKLE_SUFFIX), id -> locate(StorageId.parse(id), storages));
    return new CheckpointContents(root, storages, bigEndian());
  }

  private String folder() throws MalformedPickle {
    List<String> pickles = entries.keySet().stream()
        .filter(name -> name.endsWith(PICKLE_SUFFIX)
            && name.indexOf('/') == name.length() - PICKLE_SUFFIX.length())
        .toList();
    if (pickles.size() != 1) {
      throw new MalformedPickle("is a zip archive with " + pickles.size()
          + " entries named 'FOLDER/data.pkl',"
          + " where a PyTorch checkpoint has one; if it is a packed folder, unpack it");
    }
    String pickle = pickles.get(0);
    return pickle.substring(0, pickle.length() - PICKLE_SUFFIX.length());
  }

  private Object unpickle(FileRegion region, PersistentLoader loader) throws IOException, MalformedPickle {
    if (region.length() > PickleBudget.MAX_PICKLE_BYTES) {
      throw new MalformedPickle("holds a pickle of " + region.length() + " bytes, above the limit of "
          + PickleBudget.MAX_PICKLE_BYTES + "; convert it to safetensors with the tool that wrote it");
    }
    try (InputStream stream = RegionStream.open(channel, region)) {
      return new PickleMachine(new PickleInput(stream, region.length(), budget), loader).run();
    }
  }

  private TypedStorage locate(StorageId id, Map<String, FileRegion> storages) throws MalformedPickle {
    FileRegion region = entries.get(folder + "/data/" + id.key());
    if (region == null) {
      throw new MalformedPickle("lacks the storage " + VisibleText.shortened(id.key())
          + " that its pickle names; the file is"
          + " damaged");
    }
    if (region.length() < id.byteLength()) {
      throw new MalformedPickle("has " + region.length() + " bytes in storage " + VisibleText.shortened(id.key())
          + ", where its pickle promises " + id.byteLength() + "; the file is damaged");
    }
    storages.put(id.key(), region);
    return id.toStorage();
  }

  /** Archives without the entry come from before PyTorch 2.1 and, in practice, little-endian machines. */
  private boolean bigEndian() throws IOException, MalformedPickle {
    FileRegion region = entries.get(folder + "/byteorder");
    if (region == null) {
      return false;
    }
    byte[] text;
    try (InputStream stream = RegionStream.open(channel, region)) {
      text = stream.readNBytes(LONGEST_BYTE_ORDER);
    }
    String order = new String(text, StandardCharsets.ISO_8859_1);
    return switch (order) {
      case "little" -> false;
      case "big" -> true;
      default -> throw new MalformedPickle("says its byte order is '" + VisibleText.shortened(order)
          + "', where 'little' or 'big' is expected; the file is damaged");
    };
  }
}
