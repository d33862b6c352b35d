package dev.kasane.app.base;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.diffusion.base.ImageBase;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.picture.Picture;
import dev.kasane.diffusion.pipeline.PictureRequest;
import dev.kasane.diffusion.pipeline.Sampler;
import dev.kasane.diffusion.scheduler.SchedulerKind;
import dev.kasane.quant.cuda.CopyQueue;
import dev.kasane.quant.cuda.DeviceKernels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A base whose weights visit the device, which is the CPU here. */
class OffloadedBaseTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("kasane.root"), "unet-attention/src/test/resources/golden/sd1-tiny");
  private static final PictureRequest REQUEST =
      new PictureRequest("a cat", "", 1, 2, 7, 64, 64, SchedulerKind.EULER, 0, Optional.empty());

  private final List<String> told = new ArrayList<>();
  private final List<HostCopies> queues = new ArrayList<>();

  /** Copies when computing waits for it. */
  private static final class HostCopies implements CopyQueue {
    private final Map<Long, Memory> pinned = new HashMap<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private int copies;
    private boolean closed;

    @Override
    public long pin(long bytes) {
      Memory memory = new Memory(bytes);
      pinned.put(Pointer.nativeValue(memory), memory);
      return Pointer.nativeValue(memory);
    }

    @Override
    public void unpin(long address) {
      pinned.remove(address);
    }

    @Override
    public void copyIn(long host, long device, long bytes) {
      copies++;
      waiting.add(() -> new Pointer(device).write(0, new Pointer(host).getByteArray(0, (int) bytes), 0, (int) bytes));
    }

    @Override
    public void copyOut(long device, long host, long bytes) {
      throw new AssertionError("frozen weights do not go back");
    }

    @Override
    public void computeAwaitsCopies() {
      finish();
    }

    @Override
    public void copiesAwaitCompute() {}

    @Override
    public void finish() {
      waiting.forEach(Runnable::run);
      waiting.clear();
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private CopyQueue queue() {
    queues.add(new HostCopies());
    return queues.get(queues.size() - 1);
  }

  private Picture draw(boolean offload) {
    ComputeDevice device = new ComputeDevice(
        Device.cpu(), Optional.of(new ComputeDevice.Card(new DeviceKernels(null, false), this::queue)), offload);
    try (NDManager owner = device.newManager();
        ImageBase base = ImageBase.open(GOLDEN, BaseOptions.none(), ElementType.BFLOAT16, QuantisedBase::read)) {
      device.load(base, Optional.empty(), false, owner, told::add);
      return new Sampler(base.model()).draw(REQUEST, (done, all) -> { });
    }
  }

  @Test
  void drawsTheSamePicture() {
    Picture expected = draw(false);
    assertThat(told).isEmpty();

    Picture found = draw(true);

    assertThat(found).isEqualTo(expected);
    assertThat(told).singleElement().asString().contains("wait in the host's memory and visit the GPU");
    assertThat(queues).as("U-Net, text encoder, autoencoder").hasSize(3).allSatisfy(queue -> {
      assertThat(queue.copies).isPositive();
      assertThat(queue.closed).isTrue();
      assertThat(queue.pinned).isEmpty();
    });
  }
}
