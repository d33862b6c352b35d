package dev.kasane.diffusion.picture;

import dev.kasane.core.files.InputFile;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.InflaterInputStream;

/**
 * Takes single chunks out of a PNG file (PNG specification, section 5) without decoding pixels, or all but the pixels.
 *
 * <p>ImageIO's own metadata reader inflates compressed text and profiles without a limit, so an untrusted
 * file could fill the memory; here a chunk has at most {@value #CHUNK_LIMIT}
 * bytes, before and after inflating.
 */
final class PngChunks {
  static final int CHUNK_LIMIT = 16 << 20;
  private static final long SIGNATURE = 0x89504e470d0a1a0aL;
  private static final byte[] TRANSPARENCY = "tRNS".getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] END = "IEND".getBytes(StandardCharsets.ISO_8859_1);
  /** Bytes of a chunk around its content: length, type, checksum. */
  private static final int CHUNK_FRAME = 12;

  /** One chunk: four letters and its bytes. */
  record Chunk(String type, byte[] data) {}

  private PngChunks() {}

  /**
   * The chunks of the given types, in the order of the file.
   *
   * @throws IOException if the file cannot be read, is no PNG, ends within a chunk, or a wanted chunk is
   *     too long or fails its checksum
   */
  static List<Chunk> read(Path file, Set<String> types) throws IOException {
    try (DataInputStream in = new DataInputStream(new BufferedInputStream(InputFile.stream(file)))) {
      if (in.readLong() != SIGNATURE) {
        throw new IOException("it does not begin with the PNG signature");
      }
      List<Chunk> found = new ArrayList<>();
      String type;
      do {
        long length = in.readInt() & 0xffffffffL;
        type = new String(in.readNBytes(4), StandardCharsets.ISO_8859_1);
        if (types.contains(type)) {
          found.add(new Chunk(type, chunk(in, type, length)));
        } else {
          in.skipNBytes(length + 4);
        }
      } while (!type.equals("IEND"));
      return found;
    }
  }

  /**
   * A PNG file with nothing in it but its pixels: ImageIO reads the rest of a picture with a palette even where it is
   * told not to, inflates it without a limit and fails where it is damaged.
   *
   * @param file the bytes of a whole file
   * @return the same file without ancillary chunks other than tRNS and without what follows IEND; one that ends within
   *     a chunk still ends there, for the decoder to say so, and what is no PNG is the file itself
   */
  static byte[] pixelsOf(byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file);
    if (file.length < 8 || in.getLong() != SIGNATURE) {
      return file;
    }
    ByteArrayOutputStream kept = new ByteArrayOutputStream(file.length);
    kept.write(file, 0, 8);
    boolean ended = false;
    while (!ended && in.remaining() >= CHUNK_FRAME) {
      int begin = in.position();
      int length = (int) Math.min(CHUNK_FRAME + Integer.toUnsignedLong(in.getInt()), file.length - begin);
      byte[] type = new byte[4];
      in.get(type);
      if (Character.isUpperCase(type[0]) || Arrays.equals(type, TRANSPARENCY)) {
        kept.write(file, begin, length);
      }
      ended = Arrays.equals(type, END);
      in.position(begin + length);
    }
    return kept.toByteArray();
  }

  /** Inflates at most {@value #CHUNK_LIMIT} bytes from a position on. */
  static byte[] inflate(byte[] data, int from) throws IOException {
    InputStream deflated = new ByteArrayInputStream(data, from, data.length - from);
    try (InputStream in = new InflaterInputStream(deflated)) {
      byte[] inflated = in.readNBytes(CHUNK_LIMIT);
      if (in.read() >= 0) {
        throw new IOException("a compressed chunk grows beyond " + CHUNK_LIMIT + " bytes");
      }
      return inflated;
    }
  }

  private static byte[] chunk(DataInputStream in, String type, long length) throws IOException {
    if (length > CHUNK_LIMIT) {
      throw new IOException("its " + type + " chunk claims " + length + " bytes, more than " + CHUNK_LIMIT);
    }
    byte[] data = in.readNBytes((int) length);
    if (data.length < length) {
      throw new EOFException("the file ends within its " + type + " chunk");
    }
    CRC32 checksum = new CRC32();
    checksum.update(type.getBytes(StandardCharsets.ISO_8859_1));
    checksum.update(data);
    if ((int) checksum.getValue() != in.readInt()) {
      throw new IOException("the checksum of its " + type + " chunk does not fit its bytes");
    }
    return data;
  }
}
