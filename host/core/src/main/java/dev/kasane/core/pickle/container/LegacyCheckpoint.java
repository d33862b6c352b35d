package dev.kasane.core.pickle.container;

import dev.kasane.core.VisibleText;
import dev.kasane.core.pickle.machine.PickleInput;
import dev.kasane.core.pickle.machine.PickleMachine;
import dev.kasane.core.pickle.machine.TypedStorage;
import dev.kasane.core.pickle.values.Kinds;
import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.PickleBudget;
import dev.kasane.core.pickle.values.PickledDict;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the streams that {@code torch.save} wrote before PyTorch 1.6: five pickles (magic number, protocol
 * version, system information, the value, the keys of the storages) and then, for each key, the number of
 * elements in eight bytes and the elements.
 */
public final class LegacyCheckpoint {
  private static final BigInteger MAGIC_NUMBER = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long PROTOCOL_VERSION = 1001;

  private final FileChannel channel;
  private final Map<String, StorageId> promised = new HashMap<>();

  public LegacyCheckpoint(FileChannel channel) {
    this.channel = channel;
  }

  public CheckpointContents read() throws IOException, MalformedPickle {
    long fileSize = channel.size();
    long length = Math.min(fileSize, PickleBudget.MAX_PICKLE_BYTES);
    try (InputStream stream = RegionStream.open(channel, FileRegion.plain(0, fileSize))) {
      PickleInput input = new PickleInput(stream, length, new PickleBudget());
      checkPrologue(input);
      Object root = new PickleMachine(input, id -> promise(StorageId.parse(id))).run();
      Object keys = new PickleMachine(input, LegacyCheckpoint::refuse).run();
      return new CheckpointContents(root, locate(keys, input.position(), fileSize), false);
    }
  }

  private static void checkPrologue(PickleInput input) throws IOException, MalformedPickle {
    Object magic = new PickleMachine(input, LegacyCheckpoint::refuse).run();
    if (!MAGIC_NUMBER.equals(magic)) {
      throw new MalformedPickle("is a pickle but no PyTorch checkpoint: it begins with "
          + Kinds.of(magic)
          + " in place of PyTorch's magic number");
    }
    Object version = new PickleMachine(input, LegacyCheckpoint::refuse).run();
    if (!Long.valueOf(PROTOCOL_VERSION).equals(version)) {
      throw new MalformedPickle("is a PyTorch stream of another version than " + PROTOCOL_VERSION
          + "; save it again with a current PyTorch");
    }
    Object system = new PickleMachine(input, LegacyCheckpoint::refuse).run();
    if (system instanceof PickledDict facts && Boolean.FALSE.equals(facts.get("little_endian"))) {
      throw new MalformedPickle("was written on a big-endian machine; save it again with a current PyTorch");
    }
  }

  private static Object refuse(Object id) throws MalformedPickle {
    throw new MalformedPickle("names a storage where none belongs; the file is damaged");
  }

  private TypedStorage promise(StorageId id) throws MalformedPickle {
    StorageId earlier = promised.putIfAbsent(id.key(), id);
    boolean differs = earlier != null
        && (earlier.elements() != id.elements() || earlier.elementSize() != id.elementSize());
    if (differs) {
      throw new MalformedPickle("describes storage " + VisibleText.shortened(id.key())
          + " in two ways; the file is damaged");
    }
    return id.toStorage();
  }

  private Map<String, FileRegion> locate(Object keys, long start, long fileSize)
      throws IOException, MalformedPickle {
    if (!(keys instanceof List<?> order)) {
      throw new MalformedPickle("has " + Kinds.of(keys) + " in place of its list of storages");
    }
    Map<String, FileRegion> regions = new HashMap<>();
    long position = start;
    for (Object key : order) {
      StorageId id = key instanceof String ? promised.get(key) : null;
      if (id == null || regions.containsKey(id.key())) {
        throw new MalformedPickle("lists a storage that its pickle does not name or names twice; the file is"
            + " damaged");
      }
      long elements = FileBytes.read(channel, position, Long.BYTES).getLong();
      position += Long.BYTES;
      requirePromised(id, elements, fileSize - position);
      regions.put(id.key(), FileRegion.plain(position, id.byteLength()));
      position += id.byteLength();
    }
    if (regions.size() < promised.size()) {
      throw new MalformedPickle("lacks " + (promised.size() - regions.size()) + " of the " + promised.size()
          + " storages that its pickle names; the file is damaged");
    }
    return regions;
  }

  private static void requirePromised(StorageId id, long elements, long left) throws MalformedPickle {
    if (elements != id.elements()) {
      throw new MalformedPickle("has " + elements + " elements in storage " + VisibleText.shortened(id.key())
          + ", where its pickle promises " + id.elements() + "; the file is damaged");
    }
    if (id.byteLength() > left) {
      throw new MalformedPickle("ends " + (id.byteLength() - left) + " bytes before the end of storage "
          + VisibleText.shortened(id.key()) + "; the download is incomplete, fetch it again");
    }
  }
}
