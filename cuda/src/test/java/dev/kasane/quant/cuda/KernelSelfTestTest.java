package dev.kasane.quant.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.kasane.quant.cuda.ShimLauncher.Order;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What {@code kasane doctor} runs on a GPU, here on the CPU: it passes, and it notices what is wrong. */
class KernelSelfTestTest {
  @Test
  void allKernelsPassAndEachIsThere() {
    List<KernelSelfTest.Result> results =
        new KernelSelfTest(new QuantKernels(new ShimLauncher(Order.FORWARD)), new HostMemory()).run(true);
    assertThat(results).allMatch(KernelSelfTest.Result::passed).hasSizeGreaterThan(35);
    assertThat(results).extracting(KernelSelfTest.Result::kernel).doesNotHaveDuplicates()
        .contains("multiply 3 rows nf4 bfloat16", "multiply transposed fp4 float16", "adamw 8 bit");
  }

  @Test
  void aKernelThatDoesNothingFails() {
    KernelLauncher idle = (file, kernel, x, y, arguments) -> { };
    List<KernelSelfTest.Result> results = new KernelSelfTest(new QuantKernels(idle), new HostMemory()).run(true);
    assertThat(results).noneMatch(KernelSelfTest.Result::passed);
  }

  /** The CPU's memory, poisoned. */
  private static final class HostMemory implements DeviceMemory {
    private final Map<Long, Memory> all = new HashMap<>();

    @Override
    public long allocate(long bytes) {
      Memory memory = new Memory(bytes + 16).align(16);
      memory.setMemory(0, memory.size(), (byte) 0x7f);
      long address = Pointer.nativeValue(memory);
      all.put(address, memory);
      return address;
    }

    @Override
    public void free(long address) {
      assertThat(all.remove(address)).isNotNull();
    }

    @Override
    public void upload(ByteBuffer from, long to) {
      byte[] bytes = new byte[from.capacity()];
      from.get(0, bytes);
      new Pointer(to).write(0, bytes, 0, bytes.length);
    }

    @Override
    public void download(long from, ByteBuffer to) {
      to.put(0, new Pointer(from).getByteArray(0, to.capacity()));
    }
  }
}
