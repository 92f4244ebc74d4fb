from patients.main import SERVICE

SERVICE.main()
