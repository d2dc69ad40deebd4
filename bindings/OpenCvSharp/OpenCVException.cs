namespace OpenCvSharp;

/// <summary>What kind of error OpenCV met. Values as in cv::Error.</summary>
public enum ErrorCode
{
    StsOk = 0, StsBackTrace = -1, StsError = -2, StsInternal = -3, StsNoMem = -4, StsBadArg = -5, StsBadFunc = -6, StsNoConv = -7,
    StsNullPtr = -27, StsBadSize = -201, StsDivByZero = -202, StsObjectNotFound = -204, StsUnmatchedFormats = -205, StsBadFlag = -206,
    StsBadPoint = -207, StsBadMask = -208, StsUnmatchedSizes = -209, StsUnsupportedFormat = -210, StsOutOfRange = -211,
    StsParseError = -212, StsNotImplemented = -213, StsBadMemBlock = -214, StsAssert = -215,
}

/// <summary>An exception thrown inside OpenCV.</summary>
public class OpenCVException(ErrorCode status, string funcName, string errMsg, string fileName, int line, string? message = null)
    : Exception(message ?? errMsg)
{
    public ErrorCode Status { get; } = status;
    public string FuncName { get; } = funcName;
    public string ErrMsg { get; } = errMsg;
    public string FileName { get; } = fileName;
    public int Line { get; } = line;
}

/// <summary>A mistake found by the binding before OpenCV was called.</summary>
public class OpenCvSharpException : Exception
{
    public OpenCvSharpException() { }
    public OpenCvSharpException(string message) : base(message) { }
    public OpenCvSharpException(string message, Exception innerException) : base(message, innerException) { }
}
