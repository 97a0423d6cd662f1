package dev.jtangents.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ResourceArgumentsTest {
    @ParameterizedTest
    @CsvSource({
        "1,1",
        "800,800",
        "1k,1024",
        "2m,2097152",
        "4g,4294967296",
        "4G,4294967296",
        "1.5g,1610612736",
        "1t,1099511627776",
        "4gb,4294967296",
        "4GiB,4294967296"
    })
    void sizesAreReadAsTheJvmReadsThem(String text, long bytes) {
        assertEquals(bytes, ResourceArguments.bytes(text));
    }
}
