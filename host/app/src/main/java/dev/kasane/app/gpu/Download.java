package dev.kasane.app.gpu;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import javax.net.ssl.SSLException;

/**
 * Fetches a wheel into a file that may hold its beginning already. What breaks off is gone on with at once as long as
 * each answer brings more than was there, and by a later run otherwise.
 *
 * @param address where the wheel is
 * @param part what it is fetched into; in the end the whole of it
 */
record Download(Http http, URI address, Wheel wheel, Path part) {
  private static final int PIECE = 1 << 16;
  private static final int NOT_THAT_RANGE = 416;

  /**
   * Fetches what is missing.
   *
   * @throws UserException when the server does not have it, sends nothing more, or is to send more than the wheel has
   * @throws FileFault when the disk does not take it
   */
  void run(WheelSource.BytesListener progress) {
    try (FileChannel file = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      if (file.size() > wheel.size()) {
        file.truncate(0);
      }
      long furthest = file.size();
      while (file.size() < wheel.size()) {
        String fault = attempt(file, progress);
        if (file.size() <= furthest) {
          throw new UserException(wheel.file() + " cannot be fetched from " + address.getHost() + ": " + fault
              + ". What has come is kept, and the same command goes on from there; nothing was installed.");
        }
        furthest = file.size();
      }
    } catch (IOException e) {
      throw FileFault.of(part, "cannot be written", e);
    }
  }

  /** Adds what one answer brings; the result says why it brings no more. */
  private String attempt(FileChannel file, WheelSource.BytesListener progress) {
    try {
      long there = size(file);
      HttpURLConnection answer = http.get(address, there == 0 ? Map.of() : Map.of("Range", "bytes=" + there + "-"));
      int status = answer.getResponseCode();
      boolean goesOn = status == HttpURLConnection.HTTP_PARTIAL
          && String.valueOf(answer.getHeaderField("Content-Range")).startsWith("bytes " + there + "-");
      if (!goesOn) {
        // A server may send the whole, or what is there is not the beginning of what it has.
        cut(file, there, progress);
      }
      if (!goesOn && status != HttpURLConnection.HTTP_OK) {
        answer.disconnect();
        return status == NOT_THAT_RANGE ? "it has less than what came before"
            : "it answers " + status + " " + answer.getResponseMessage();
      }
      try (InputStream content = answer.getInputStream()) {
        return append(content, file, progress);
      }
    } catch (IOException e) {
      return reason(e);
    }
  }

  private String append(InputStream content, FileChannel file, WheelSource.BytesListener progress)
      throws IOException {
    long place = size(file);
    byte[] piece = new byte[PIECE];
    for (int count = content.read(piece); count >= 0; count = content.read(piece)) {
      if (place + count > wheel.size()) {
        cut(file, place, progress);
        return "it sends more than the " + wheel.size() + " bytes of the file that is locked";
      }
      write(file, ByteBuffer.wrap(piece, 0, count), place);
      place += count;
      progress.add(count);
    }
    return "it ends after " + place + " of " + wheel.size() + " bytes";
  }

  private long size(FileChannel file) {
    try {
      return file.size();
    } catch (IOException e) {
      throw FileFault.of(part, "cannot be read", e);
    }
  }

  private void write(FileChannel file, ByteBuffer piece, long place) {
    try {
      for (long at = place; piece.hasRemaining();) {
        at += file.write(piece, at);
      }
    } catch (IOException e) {
      throw FileFault.of(part, "cannot be written", e);
    }
  }

  private void cut(FileChannel file, long there, WheelSource.BytesListener progress) {
    try {
      file.truncate(0);
      progress.add(-there);
    } catch (IOException e) {
      throw FileFault.of(part, "cannot be written", e);
    }
  }

  /** What a network refuses, in a few words without a stop. */
  static String reason(IOException failure) {
    if (failure instanceof UnknownHostException unknown) {
      return "there is no server called " + unknown.getMessage();
    } else if (failure instanceof SocketTimeoutException) {
      return "it does not answer in time";
    } else if (failure instanceof ConnectException) {
      return "it cannot be reached (" + failure.getMessage() + ")";
    } else if (failure instanceof SSLException) {
      return "it cannot prove who it is (" + failure.getMessage()
          + "); pip's setting 'cert' names certificates to trust";
    }
    return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
  }
}
