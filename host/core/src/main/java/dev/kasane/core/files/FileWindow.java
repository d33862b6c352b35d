package dev.kasane.core.files;

import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.Consumer;

/**
 * A part of a file as memory, mapped, so that it costs nothing before it is used. A process gets some 65,000 mappings
 * of the system, and dies when it wants one more: of a file with very many parts the short ones are read.
 */
public final class FileWindow {
  private static final int SHORT = 1 << 16;
  private static final int MANY = 1 << 14;

  private static final Consumer<ByteBuffer> UNMAPPING = unmapping();

  private FileWindow() {}

  /** Java 17 has no other way to unmap than this one, which every Java since 9 has. */
  @SuppressWarnings("unchecked")
  private static Consumer<ByteBuffer> unmapping() {
    try {
      Class<?> unsafe = Class.forName("sun.misc.Unsafe");
      Field only = unsafe.getDeclaredField("theUnsafe");
      only.setAccessible(true);
      return MethodHandleProxies.asInterfaceInstance(Consumer.class, MethodHandles.lookup()
          .findVirtual(unsafe, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
          .bindTo(only.get(null)));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * @param channel the file, open for reading
   * @param position the first byte
   * @param length how many bytes, at most 2³¹ − 1
   * @param parts of how many such parts the file consists
   * @return a direct buffer that can only be read
   * @throws IOException when the file cannot be read there
   */
  public static ByteBuffer of(FileChannel channel, long position, long length, int parts) throws IOException {
    if (length > SHORT || parts < MANY) {
      return channel.map(FileChannel.MapMode.READ_ONLY, position, length);
    }
    ByteBuffer bytes = ByteBuffer.allocateDirect((int) length);
    if (!fill(channel, bytes, position)) {
      throw new EOFException("the file ends before byte " + (position + length));
    }
    return bytes.flip().asReadOnlyBuffer();
  }

  /**
   * Reads into an empty buffer until it is full or the file ends.
   *
   * @param position where the buffer's first byte comes from
   * @return whether it is full
   */
  public static boolean fill(FileChannel channel, ByteBuffer target, long position) throws IOException {
    int end = target.limit();
    int count = 0;
    while (target.position() < end && count >= 0) {
      // In pieces, because the platform copies what is on the heap through a direct buffer as large as the piece.
      target.limit(target.isDirect() ? end : Math.min(end, target.position() + SHORT));
      count = channel.read(target, position + target.position());
    }
    target.limit(end);
    return count >= 0;
  }

  /**
   * Unmaps a window at once: a heap as small as a loader's sees no collection for a long time, while whole checkpoints
   * stay in memory. Whoever looks at it afterwards ends the process. What was read and not mapped is left to the
   * collector.
   */
  public static void release(ByteBuffer window) {
    try {
      UNMAPPING.accept(window);
    } catch (IllegalArgumentException copied) {
      // A view of a copy, which the collector knows.
    }
  }
}
