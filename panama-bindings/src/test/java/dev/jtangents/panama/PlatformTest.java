package dev.jtangents.panama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Optional;

class PlatformTest {
    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, linux-x86_64",
        "Linux, aarch64, linux-arm64",
        "Mac OS X, x86_64, macosx-x86_64",
        "Mac OS X, aarch64, macosx-arm64",
        "Windows 11, amd64, windows-x86_64",
    })
    void namesTheJar(String system, String architecture, String name) {
        assertEquals(Optional.of(name), Platform.of(system, architecture).jarName());
    }

    @ParameterizedTest
    @CsvSource({"Linux, riscv64", "Windows 11, aarch64"})
    void someHaveNoJar(String system, String architecture) {
        assertEquals(Optional.empty(), Platform.of(system, architecture).jarName());
    }

    @Test
    void onlyX86NeedsQuadmath() {
        assertEquals(
                List.of("libgcc_s.so.1", "libgfortran.so.5", "libopenblas.so.0"),
                Platform.of("Linux", "aarch64").bundledFiles());
    }

    @Test
    void looksOnTheLibraryPath() {
        assertFalse(Platform.current().searchFolders().isEmpty());
    }
}
