// Both routines look for the bytes that do not stand for themselves in a JSON string, 32 at a time.

// SPECIALS has quotation marks in Y1, backslashes in Y2 and spaces in Y3, for SPECIAL.
#define SPECIALS \
	MOVL         $0x22222222, BX \
	VMOVD        BX, X1          \
	VPBROADCASTD X1, Y1          \
	MOVL         $0x5c5c5c5c, BX \
	VMOVD        BX, X2          \
	VPBROADCASTD X2, Y2          \
	MOVL         $0x20202020, BX \
	VMOVD        BX, X3          \
	VPBROADCASTD X3, Y3

// SPECIAL has in BX, for each of the 32 bytes at AX, a bit that is set where it does not stand for itself. The first comparison
// is signed: it finds what is below 0x20, and all of 0x80 and above.
#define SPECIAL \
	VMOVDQU   (SI)(AX*1), Y0 \
	VPCMPGTB  Y0, Y3, Y6     \
	VPCMPEQB  Y0, Y1, Y7     \
	VPCMPEQB  Y0, Y2, Y0     \
	VPOR      Y6, Y7, Y6     \
	VPOR      Y6, Y0, Y0     \
	VPMOVMSKB Y0, BX         \
	TESTL     BX, BX
