package dev.kasane.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.UserException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeasurementTest {
  @Test
  void theMedianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle() {
    assertThat(Measurement.median(List.of(9.0, 1.0, 2.0))).isEqualTo(2.0);
    assertThat(Measurement.median(List.of(9.0, 1.0, 2.0, 4.0))).isEqualTo(3.0);
  }

  @Test
  void aMeasurementIsOneLineUnderThePeersKeys() throws IOException {
    Measurement measurement =
        new Measurement("java", "libtorch", "tiny", List.of(0.5), 0.5, 4096, 0, 10, 1.25);
    assertThat(measurement.toJson()).doesNotContain("\n");
    assertThat(new ObjectMapper().readTree(measurement.toJson()).fieldNames()).toIterable()
        .containsExactlyInAnyOrder("side", "engine", "work", "seconds", "median_seconds", "peak_resident_bytes",
            "device_bytes",
            "trained_parameters", "loss");
  }

  @Test
  void thePeakIsReadFromTheKernelsAccount() {
    assertThat(ProcessMemory.peakResidentBytes(List.of("VmPeak:\t 99 kB", "VmHWM:\t  12 kB", "VmRSS:\t 5 kB")))
        .isEqualTo(12 * 1024);
    assertThatThrownBy(() -> ProcessMemory.peakResidentBytes(List.of("VmRSS:\t 5 kB")))
        .isInstanceOf(UserException.class).hasMessageContaining("VmHWM");
  }
}
