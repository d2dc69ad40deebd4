using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace Avs.Train.Distribution;

/// <summary>
/// The dozen functions of MPI that training needs, called in whichever libmpi the processes were started by. MPI fixes names and meanings,
/// but not what a handle is: a pointer to an object of the library in Open MPI, a number in MPICH and its kin. An <c>nint</c> carries both.
/// </summary>
internal static class MpiLibrary
{
    /// <summary>MPI_THREAD_SERIALIZED: several threads call, one at a time.</summary>
    public const int Serialized = 2;

    private const string Library = "mpi";
    private const string LibraryVariable = "AVS_MPI";
    private static readonly string[] OpenMpiFiles = ["libmpi.so.40", "libmpi.so"];
    private static readonly string[] MpichFiles = ["libmpich.so.12", "libmpi.so.12", "libmpi.so"];
    private static nint loaded;

    /// <summary>The constants of a library. What mpi.h calls a constant is an exported object in Open MPI.</summary>
    public sealed record Constants(
        nint World, nint Byte, nint Float, nint Double, nint Sum, nint ErrorsReturn, nint InPlace, nint NoStatus);

    /// <summary>Loads the library.</summary>
    /// <param name="openMpi">Whether Open MPI started the processes; otherwise MPICH's files are looked for first.</param>
    /// <exception cref="CommunicationException">There is none, or it is of another kind.</exception>
    public static Constants Load(bool openMpi)
    {
        var named = Environment.GetEnvironmentVariable(LibraryVariable);
        string[] files = named is { Length: > 0 } ? [named]
            : openMpi ? [.. OpenMpiFiles, .. MpichFiles] : [.. MpichFiles, .. OpenMpiFiles];
        if (files.FirstOrDefault(file => NativeLibrary.TryLoad(file, out loaded)) is not { } found)
        {
            throw new CommunicationException(named is { Length: > 0 }
                ? $"{LibraryVariable}={named}: this library does not load"
                : $"the processes were started by MPI, but its library ({files[0]}) is not here; on Debian, as root: apt-get install "
                    + $"{(openMpi ? "libopenmpi3" : "libmpich12")}; or name its file in {LibraryVariable}");
        }
        NativeLibrary.SetDllImportResolver(
            Assembly.GetExecutingAssembly(), (name, _, _) => name == Library ? loaded : 0);
        var text = new byte[8192];
        _ = GetLibraryVersion(text, out var length);
        var version = Encoding.ASCII.GetString(text, 0, Math.Max(0, length)).Split('\n')[0].TrimEnd('\0');
        if (version.StartsWith("Open MPI", StringComparison.Ordinal))
        {
            nint Object(string name) => NativeLibrary.GetExport(loaded, name);
            return new Constants(
                Object("ompi_mpi_comm_world"), Object("ompi_mpi_byte"), Object("ompi_mpi_float"), Object("ompi_mpi_double"),
                Object("ompi_mpi_op_sum"), Object("ompi_mpi_errors_return"), InPlace: 1, NoStatus: 0);
        }
        // The common ABI of MPICH, Intel MPI and MVAPICH.
        if (new[] { "MPICH", "Intel", "MVAPICH", "CRAY" }.Any(kin => version.Contains(kin, StringComparison.OrdinalIgnoreCase)))
            return new Constants(0x44000000, 0x4c00010d, 0x4c00040a, 0x4c00080b, 0x58000003, 0x54000001, InPlace: -1, NoStatus: 1);
        throw new CommunicationException($"{found} says that it is '{version}', expected Open MPI, or MPICH or one of its kin");
    }

    /// <summary>The library's words for an error.</summary>
    public static string Describe(int code)
    {
        var text = new byte[8192];
        return ErrorString(code, text, out var length) == 0 ? Encoding.ASCII.GetString(text, 0, length).Trim() : $"error {code}";
    }

    [DllImport(Library, EntryPoint = "MPI_Get_library_version")]
    private static extern int GetLibraryVersion(byte[] text, out int length);

    [DllImport(Library, EntryPoint = "MPI_Error_string")]
    private static extern int ErrorString(int code, byte[] text, out int length);

    [DllImport(Library, EntryPoint = "MPI_Init_thread")]
    public static extern int InitThread(nint argc, nint argv, int required, out int provided);

    [DllImport(Library, EntryPoint = "MPI_Comm_set_errhandler")]
    public static extern int SetErrorHandler(nint communicator, nint handler);

    [DllImport(Library, EntryPoint = "MPI_Comm_rank")]
    public static extern int Rank(nint communicator, out int rank);

    [DllImport(Library, EntryPoint = "MPI_Comm_size")]
    public static extern int Size(nint communicator, out int size);

    [DllImport(Library, EntryPoint = "MPI_Iallreduce")]
    public static extern int BeginAllReduce(
        nint inPlace, ref byte values, int count, nint type, nint operation, nint communicator, out nint request);

    [DllImport(Library, EntryPoint = "MPI_Ibcast")]
    public static extern int BeginBroadcast(ref byte values, int count, nint type, int root, nint communicator, out nint request);

    [DllImport(Library, EntryPoint = "MPI_Test")]
    public static extern int Test(ref nint request, out int done, nint status);

    [DllImport(Library, EntryPoint = "MPI_Abort")]
    public static extern int Abort(nint communicator, int code);

    [DllImport(Library, EntryPoint = "MPI_Finalize")]
    public static extern int End();
}
