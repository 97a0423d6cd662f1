package dev.jtangents.io;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.jtangents.tensor.DType;
import dev.jtangents.tensor.InputException;

import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;

/** Files that no reader can use, each answered with one line that names the file and the reason. */
class HostileFilesTest {
    private final Path folder;

    HostileFilesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static Arguments npy(String reason, byte[] content) {
        return arguments("x.npy", reason, content);
    }

    private static Arguments header(String reason, String header) {
        return npy(reason, Samples.npy(1, header, 64));
    }

    private static Arguments shape(String reason, String shape) {
        return npy(reason, Samples.npyOfShape(shape, 64));
    }

    private static Arguments sample(String reason, String name) {
        return npy(reason, Samples.bytes(name));
    }

    static Stream<Arguments> npyFiles() {
        byte[] good = Samples.bytes("little-f8.npy");
        byte[] future = good.clone();
        future[6] = 4;
        byte[] old = good.clone();
        old[6] = 0;
        byte[] minor = good.clone();
        minor[7] = 9;
        byte[] longHeader = good.clone();
        longHeader[9] = (byte) 0xFF;
        byte[] hugeHeader = Samples.npy(2, "{}", 10);
        Arrays.fill(hugeHeader, 8, 12, (byte) 0xFF);
        return Stream.of(
                npy("is empty", new byte[0]),
                npy("is no .npy file", Samples.ascii("1,2,3\n4,5,6\n")),
                npy("is no .npy file", Samples.ascii("x")),
                npy("is no .npy file", Samples.bytes("stored.npz")),
                npy("is no .npy file", Arrays.copyOf(good, 5)),
                npy("ends inside", Arrays.copyOf(good, 7)),
                npy("claims a header", Arrays.copyOf(good, 8)),
                npy("claims a header", Arrays.copyOf(good, 9)),
                npy("claims a header", Arrays.copyOf(good, 10)),
                npy("claims a header", Arrays.copyOf(good, 100)),
                npy("at most 0 follow", Arrays.copyOf(good, 128)),
                npy("at most 191 follow", Arrays.copyOf(good, good.length - 1)),
                npy("version 4.0", future),
                npy("version 0.0", old),
                npy("version 1.9", minor),
                npy("claims a header", longHeader),
                npy("claims a header of 4294967295 bytes", hugeHeader),
                sample("'|O'", "object.npy"),
                sample("structured", "structured.npy"),
                sample("'<c8'", "complex.npy"),
                sample("'<f2'", "half.npy"),
                sample("'<U2'", "text.npy"),
                sample("'<M8[D]'", "time.npy"));
    }

    static Stream<Arguments> shapes() {
        return Stream.of(
                shape("at most 64 follow", "(3, 3)"),
                shape("at most 64 follow", "(60000, 60000)"),
                shape("at most 64 follow", "(2147483648,)"),
                shape("more than any file", "(4611686018427387904, )"),
                shape("more elements than memory", "(4611686018427387904, 4)"),
                shape("more elements than memory", "(99999999999, 99999999999, 99999999999)"),
                shape("more elements than memory", "(0, 99999999999, 99999999999)"),
                shape("more than memory", "(9223372036854775808,)"),
                shape("more than memory", "(99999999999999999999999999999999,)"),
                shape("whole number", "(-1,)"),
                shape("',' or ')'", "(3.0,)"),
                shape("',' or ')'", "(1e3,)"),
                shape("whole number", "(None,)"),
                shape("'('", "8"),
                shape("'('", "[8]"),
                shape("(n,)", "(8)"),
                shape("whole number", "(,)"),
                shape("whole number", "(2,,4)"),
                shape("',' or ')'", "(2 4)"),
                shape("claims 65 axes", "(" + "1,".repeat(65) + ")"),
                shape("claims 20000 axes", "(" + "1,".repeat(20_000) + ")"),
                shape("whole number", "(" + "(".repeat(20_000)));
    }

    static Stream<Arguments> headers() {
        return Stream.of(
                header("'{'", ""),
                header("'{'", "\0\0\0\0"),
                header("'{'", "import os"),
                header("in quotes", "{"),
                header("lacks descr", "{}"),
                header("lacks shape", "{'descr': '<f8', 'fortran_order': False}"),
                header("lacks fortran_order", "{'descr': '<f8', 'shape': (8,)}"),
                header("each once", "{'descr': '<f8', 'descr': '<f4'}"),
                header("each once", "{'descr': '<f8', 'evil': 1}"),
                header("in quotes", "{'descr': 8, 'fortran_order': False, 'shape': (8,)}"),
                header("in quotes", "{'descr': '\\x3cf8', 'fortran_order': False}"),
                header("in quotes", "{'descr"),
                header("in quotes", "{descr: '<f8'}"),
                header("':'", "{'descr' '<f8'}"),
                header("'}'", "{'descr': '<f8' 'fortran_order': False}"),
                header("True or False", "{'fortran_order': 0, 'descr': '<f8', 'shape': (8,)}"),
                header("nothing after", "{'descr': '<f8', 'fortran_order': False, 'shape': ()} x"),
                header("type ''", "{'descr': '', 'fortran_order': False, 'shape': (8,)}"),
                header("type 'f8'", "{'descr': 'f8', 'fortran_order': False, 'shape': (8,)}"),
                header("type '|f8'", "{'descr': '|f8', 'fortran_order': False, 'shape': (8,)}"),
                header("type '<F8'", "{'descr': '<F8', 'fortran_order': False, 'shape': (8,)}"),
                header("structured", "{'descr': [('a', '<f8')], 'shape': (8,)}"));
    }

    @ParameterizedTest
    @MethodSource({"npyFiles", "shapes", "headers"})
    void isNoArray(String name, String reason, byte[] content) throws IOException {
        Path file = Files.write(folder.resolve(name), content);
        assertRefused(file, reason, () -> Npy.read(file));
        assertRefused(file, reason, () -> Npy.read(file, DType.F32));
        Path archive = Files.write(folder.resolve("x.npz"), Samples.zip(Map.of("y.npy", content)));
        InputException failure = assertThrows(InputException.class, () -> Npz.read(archive));
        Samples.assertMessageNames(archive + ":'y': ", failure);
    }

    private static Arguments npz(String reason, byte[] content) {
        return arguments("x.npz", reason, content);
    }

    static Stream<Arguments> npzFiles() {
        byte[] stored = Samples.bytes("stored.npz");
        byte[] damagedData = stored.clone();
        damagedData[300] ^= 1;
        byte[] compressed = Samples.bytes("compressed.npz");
        byte[] damagedStream = compressed.clone();
        damagedStream[100] ^= 0x55;
        byte[] damagedDirectory = stored.clone();
        damagedDirectory[stored.length - 5] ^= 0x55;
        byte[] bomb = Samples.npyOfShape("(1000000000,)", 1000);
        return Stream.of(
                npz("is empty", new byte[0]),
                npz("ZIP archive", Samples.ascii("PK")),
                npz("ZIP archive", Samples.ascii("no archive at all, just text")),
                npz("ZIP archive", Samples.bytes("little-f8.npy")),
                npz("ZIP archive", Arrays.copyOf(stored, stored.length - 1)),
                npz("ZIP archive", Arrays.copyOf(stored, stored.length / 2)),
                npz("checksum", damagedData),
                npz("x.npz", damagedStream),
                npz("ZIP archive", damagedDirectory),
                npz("holds no array", Samples.zip(Map.of("a.txt", new byte[10]))),
                npz("is no .npy file", Samples.zip(Map.of("a.npy", Samples.ascii("text")))),
                npz("is empty", Samples.zip(Map.of("a.npy", new byte[0]))),
                npz("claims shape (1000000000,)", Samples.zip(Map.of("a.npy", bomb))));
    }

    @ParameterizedTest
    @MethodSource("npzFiles")
    void isNoArchive(String name, String reason, byte[] content) throws IOException {
        Path file = Files.write(folder.resolve(name), content);
        assertRefused(file, reason, () -> Npz.read(file));
    }

    private static Arguments idx(String reason, byte[] content) {
        return arguments("x-idx", reason, content);
    }

    static Stream<Arguments> idxFiles() {
        byte[] good = Samples.bytes("images-idx3-ubyte");
        byte[] zipped = Samples.bytes("images-idx3-ubyte.gz");
        byte[] wrongSum = zipped.clone();
        wrongSum[zipped.length - 6] ^= 1;
        byte[] claim = Samples.idx(0x0E, 0, 1 << 31, 1 << 31);
        return Stream.of(
                idx("is empty", new byte[0]),
                idx("is empty", Samples.gzip(new byte[0])),
                idx("is no IDX file", Samples.ascii("1,2\n")),
                idx("is no IDX file", Samples.idx(0x0A, 10, 10)),
                idx("is no IDX file", new byte[] {0, 0, 8}),
                idx("inside the 3 extents", Arrays.copyOf(good, 10)),
                idx("at most 23 follow", Arrays.copyOf(good, good.length - 1)),
                idx("goes on after", Arrays.copyOf(good, good.length + 1)),
                idx("claims shape", Samples.idx(0x08, 10, -1, 1 << 31)),
                idx("more than any file", claim),
                idx("more than any file", Samples.gzip(claim)),
                idx("more elements than", Samples.idx(0x08, 10, -1, -1, -1, -1, -1)),
                idx("claims shape", Samples.gzip(Samples.idx(0x08, 10, 1 << 30))),
                idx("ends after", Samples.gzip(Samples.idx(0x08, 10, 100))),
                idx("cannot be read", Arrays.copyOf(zipped, zipped.length - 10)),
                idx("cannot be read", Arrays.copyOf(zipped, 5)),
                idx("cannot be read", wrongSum));
    }

    @ParameterizedTest
    @MethodSource("idxFiles")
    void isNoIdxFile(String name, String reason, byte[] content) throws IOException {
        Path file = Files.write(folder.resolve(name), content);
        assertRefused(file, reason, () -> Idx.read(file));
    }

    static Stream<Arguments> textFiles() {
        return Stream.of(
                arguments("x.csv", "is empty", new byte[0]),
                arguments("x.csv", "holds no row", Samples.ascii("\n\n  \n")),
                arguments("x.csv", "holds no row", Samples.ascii("# only a comment")),
                arguments("x.csv", "holds no row", Samples.ascii("a,b,c\n")),
                arguments("x.csv", "line 2", Samples.ascii("a,b\n1,\"2\n3,4\n")),
                arguments("x.csv", "line 3", Samples.ascii("1,2\n3,4\n5;6\n")),
                arguments("x.csv", "table of numbers", Samples.ascii("1,\"" + "9".repeat(70_000))),
                arguments("x.csv", "x.csv", Samples.bytes("little-f8.npy")),
                arguments("x.csv", "x.csv", Samples.bytes("compressed.npz")));
    }

    @ParameterizedTest
    @MethodSource("textFiles")
    void isNoTable(String name, String reason, byte[] content) throws IOException {
        Path file = Files.write(folder.resolve(name), content);
        assertRefused(file, reason, () -> Csv.read(file, DType.F64));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3072, 3074, 6145})
    void isNoCifarFile(int length) throws IOException {
        Path file = Files.write(folder.resolve("x.bin"), new byte[length]);
        assertRefused(file, length + " bytes", () -> CifarBinary.read(file));
    }

    @ParameterizedTest
    @CsvSource({
        "missing, there is no such file",
        "folder, is a folder",
        "file/x, there is no such file",
        "/dev/zero, is not a regular file"
    })
    void isNoFile(String name, String reason) throws IOException {
        Files.createDirectory(folder.resolve("folder"));
        Files.createFile(folder.resolve("file"));
        Path file = folder.resolve(name);
        assumeTrue(!file.startsWith("/dev") || Files.exists(file));
        assertRefused(file, reason, () -> Npy.read(file));
        assertRefused(file, reason, () -> Npz.read(file));
        assertRefused(file, reason, () -> Npz.names(file));
        assertRefused(file, reason, () -> Csv.read(file, DType.F64));
        assertRefused(file, reason, () -> Idx.read(file));
        assertRefused(file, reason, () -> CifarBinary.read(file));
        assertRefused(file, reason, () -> ArrayFiles.read(file));
    }

    private static void assertRefused(Path file, String reason, Executable read) {
        InputException failure = assertThrows(InputException.class, read);
        Samples.assertMessageNames(file.toString(), failure);
        Samples.assertSays(reason, failure);
    }
}
